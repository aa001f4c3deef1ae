import ArgumentParser
import Glibc
import JSON
import Spaces

/// Blocks and whole steps, in alternation with PyTorch.
struct TrainingBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "training", abstract: "Blocks, pretraining and fine-tuning steps, beside PyTorch in the same run.",
    discussion: """
      EXAMPLES
        bench training --python venv/bin/python
        bench training --path h64-h128-t256-t256-c256-c512 --rounds 15
        bench training --work block --path m256 --batch 16 --threads 1
        bench training --work classify --sample 24 --batch 32 --length 70 --vocabulary 9
      """)

  @Option(help: "Architectures, as c256-c256; again for more.") var path: [String] = [
    "c256-c256-c256", "l256-l256-l256", "t256-t256-t256", "m256-m256-m256", "h256-h256-h256",
    "h64-h128-t256-t256-c256-c512",
  ]
  @Option(help: "Draw so many architectures of 0.1 to 1 million parameters instead.") var sample = 0
  @Option(help: "step (pretraining), classify (fine-tuning) or block; again for more.") var work = ["step"]
  @Option(help: "Sequences of a batch.") var batch = 64
  @Option(help: "Tokens of a sequence.") var length = 128
  @Option(help: "Tokens of the vocabulary.") var vocabulary = 4101
  @Option(help: "Measured steps; medians are shown.") var rounds = 9
  @Option var threads = 2
  @Option(help: "fp32 or bf16; again for both.") var precision = ["fp32"]
  @Flag(help: "Blocks that see only the past.") var causal = false
  @Flag(help: "Measure torch.compile as well as eager execution.") var compiled = false
  @Option(help: "A Python that can import torch; `none` leaves the peer out.")
  var python = Peer.python

  func run() throws {
    if causal, work.contains("step") { throw ValidationError("--causal is for blocks: a step is masked modelling") }
    let paths = try sample > 0 ? drawn() : path.map { try Architecture(parsing: $0) }
    var pairs: [(ours: Double, theirs: Double)] = []
    for precision in precision {
      for kind in work {
        guard let kind = TrainingWork.Kind(rawValue: kind) else { throw ValidationError("no work named '\(kind)'") }
        for path in paths {
          let times = try measure(
            TrainingWork(
              work: kind, path: path, batch: batch, length: length, vocabulary: vocabulary, threads: threads,
              precision: precision, causal: causal))
          if let ratio = times.ratio { pairs.append((times.ours, ratio * times.ours)) }
        }
      }
    }
    if pairs.count > 1 {
      let mean = exp(pairs.reduce(0) { $0 + log($1.theirs / $1.ours) } / Double(pairs.count))
      let (ours, theirs) = pairs.reduce((0, 0)) { ($0.0 + $1.ours, $0.1 + $1.theirs) }
      print("geometric mean of the ratios \(text(mean)); of one step of each after the other \(text(theirs / ours))")
    }
  }

  /// Architectures of every kind of block with 0.1 to 1 million parameters: a search's candidates.
  private func drawn() throws -> [Architecture] {
    let space = SearchSpace(
      depths: [2, 3, 4], widths: [64, 128, 256], minimumDistance: 0, maximumParameters: 1_000_000, count: 20 * sample)
    let reduced = try space.reduce(threads: threads)
    let large = reduced.architectures.filter { reduced.parameters(of: $0) >= 100_000 }
    guard large.count >= sample else {
      throw ValidationError("the space has \(large.count) architectures of 0.1 to 1 million parameters")
    }
    return (0..<sample).map { large[$0 * large.count / sample] }
  }

  /// Prints one line of medians.
  private func measure(_ work: TrainingWork) throws -> Alternation {
    // A process for each, so that one's memory is its own.
    let modes = python == "none" ? [] : compiled ? [false, true] : [false]
    let peers = try modes.map { compiled in
      var line = work
      line.compiled = compiled
      let text = String(decoding: try JSON.encode(line, .line), as: UTF8.self)
      return (peer: try Peer(python, "training_peer.py"), line: text)
    }
    defer { for (peer, _) in peers { peer.end() } }
    let times = try Alternation(rounds: rounds, step: try work.prepare(), peers: peers)
    var line = "\(work.name): \(text(times.ours * 1e3)) ms"
    for (mode, result) in zip(modes, times.theirs) {
      let name = mode ? "compiled" : "eager"
      line +=
        result.seconds.map { ", \(name) \(text($0 * 1e3)) ms (\(result.peak >> 20) MiB)" }
        ?? ", \(name) failed: \(result.error ?? "no answer")"
    }
    if let ratio = times.ratio { line += ", ratio \(text(ratio))" }
    print(line, "| our process so far: \(Memory.peak >> 20) MiB")
    fflush(nil)
    return times
  }

  private func text(_ number: Double) -> String { number.text(2) }
}

/// The peak of this process's memory.
enum Memory {
  static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(0), &usage)
    return usage.ru_maxrss * 1024
  }
}
