package import Artifacts
package import Inputs
package import Labelled
package import LinearModels
import Sequences
package import System
import Tokenizers

extension KmerVectors {
  /// The features of a task's sequences.
  ///
  /// - Parameters:
  ///   - low: the parameter `k-min`, or the standard where that is 0.
  ///   - high: the parameter `k-max`, or the standard.
  ///   - words: letters of the words that count at their places, of proteins one at most.
  ///   - places: distance from the start up to which they do.
  package init(
    _ task: TaskSplits, low: Int, high: Int, bothStrands: Bool, words: Int, places: Int, _ context: StageContext,
    _ workers: WorkerPool
  ) throws {
    let isProtein = task.alphabet == .protein
    guard low <= high, high <= Tokenizer.largestK(task.alphabet) else {
      throw StageFailure(
        code: "bad-parameters",
        "k-mers of \(low) to \(high) letters: 'k-min' is at most 'k-max', and that at most "
          + "\(Tokenizer.largestK(task.alphabet)) for \(task.alphabet.rawValue)")
    }
    let longest = task.train.reduce(0) { max($0, $1.sequence.count, $1.second.count) }
    let kmers = KmerFeatures(
      task.alphabet, lengths: low...high, bothStrands: !isProtein && bothStrands,
      words: min(words, isProtein ? 1 : .max), places: min(longest, places))
    if kmers.words > 0, longest > kmers.places {
      context.report(
        .warning(
          "sequences have up to \(longest) letters; words after letter \(kmers.places) do not count at their places "
            + "('positions')"))
    }
    self.init(kmers, isPaired: task.isPaired, train: task.train.map { ($0.sequence, $0.second) }, workers)
  }

  /// The features of records of the task.
  package func rows(_ records: [LabelledRecord], _ workers: WorkerPool) -> KmerRows {
    rows(records.map { ($0.sequence, $0.second) }, workers)
  }
}
