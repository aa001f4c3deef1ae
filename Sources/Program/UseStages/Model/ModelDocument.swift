package import Inputs
import Labelled
package import Networks
package import Rankings
import Sequences
package import Spaces

/// `model.json` of a `model`: all that predicting takes beside the tokenizer and the weights.
package struct ModelDocument: Codable {
  /// Sequences on which the model was trained: others than these it has not seen.
  struct Trained: Codable {
    let sequences: Int
    /// Letters of the shortest and of the longest.
    let shortest: Int
    let longest: Int
    /// Every letter that occurs, ascending.
    let letters: String
  }

  var format = 1
  let architecture: String
  let alphabet: String
  /// The kind of the labels, and the names of the classes by number.
  let labels: String
  let classes: [String]
  let metric: String
  /// The log-odds of the second of two classes above which a sequence is of that class.
  let threshold: Double?
  /// The scale of labels that are values.
  let mean: Double?
  let deviation: Double?
  let pooling: String
  /// Tokens for which flat pooling has room.
  let flatLength: Int
  let isPaired: Bool
  let strands: String
  /// Tokens of the longest sequence that the model reads: longer ones are cut.
  let longestTokens: Int
  let cut: String
  let precision: String
  let trained: Trained

  enum CodingKeys: String, CodingKey {
    case format, architecture, alphabet, labels, classes, metric, threshold, mean, deviation, pooling, strands, cut,
      precision, trained
    case flatLength = "flat-length"
    case isPaired = "paired"
    case longestTokens = "longest-tokens"
  }

  /// The document of a model of a task.
  /// - Parameters:
  ///   - encoding: how its sequences became tokens.
  ///   - limit: tokens for which its weights have positions; nil: any.
  ///   - threshold: the log-odds that part two classes.
  ///   - scale: that of labels which are values.
  package init(
    _ architecture: Architecture, _ task: TaskSplits, _ head: TaskHead, _ encoding: SequenceEncoding, limit: Int?,
    threshold: Double?, scale: Standardization?, precision: String
  ) {
    self.architecture = architecture.text
    (alphabet, labels, classes) = (task.alphabet.rawValue, task.kind.rawValue, task.classNames)
    (metric, self.threshold) = (task.metric.rawValue, threshold)
    (mean, deviation) = (scale?.mean, scale?.deviation)
    (pooling, flatLength, isPaired) = (head.pooling.rawValue, head.length, task.isPaired)
    strands = encoding.strands.rawValue
    let flat = head.pooling == .flat ? head.length * architecture.stride : nil
    let limits = [encoding.maximumLength, limit, flat]
    longestTokens = limits.compactMap(\.self).min()!
    cut = encoding.inMiddle ? "middle" : "end"
    (self.precision, trained) = (precision, Trained(task))
  }
}

extension ModelDocument.Trained {
  init(_ task: TaskSplits) {
    let sequences = task.train.flatMap { task.isPaired ? [$0.sequence, $0.second] : [$0.sequence] }
    var seen = [Bool](repeating: false, count: 256)
    for sequence in sequences { for letter in sequence { seen[Int(letter)] = true } }
    self.init(
      sequences: sequences.count, shortest: sequences.map(\.count).min() ?? 0,
      longest: sequences.map(\.count).max() ?? 0,
      letters: String(decoding: (0...255).filter { seen[$0] }.map { UInt8($0) }, as: UTF8.self))
  }
}
