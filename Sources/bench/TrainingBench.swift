import ArgumentParser
import Foundation
import Supernets

/// Blocks and whole steps, in alternation with PyTorch.
struct TrainingBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "training", abstract: "Blocks, pretraining and fine-tuning steps, beside PyTorch in the same run.",
    discussion: """
      EXAMPLES
        bench training --python venv/bin/python
        bench training --path h64-h128-t256-t256-c256-c512 --rounds 15
        bench training --work block --path m256 --batch 16 --threads 1
      """)

  @Option(help: "Architectures, as c256-c256; again for more.") var path: [String] = [
    "c256-c256-c256", "l256-l256-l256", "t256-t256-t256", "m256-m256-m256", "h256-h256-h256",
    "h64-h128-t256-t256-c256-c512",
  ]
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
  var python = ProcessInfo.processInfo.environment["BIOARC_PYTHON"] ?? "python3"

  func run() throws {
    var ratios: [Double] = []
    if causal, work.contains("step") { throw ValidationError("--causal is for blocks: a step is masked modelling") }
    for precision in precision {
      for kind in work {
        for text in path {
          guard let kind = TrainingWork.Kind(rawValue: kind) else { throw ValidationError("no work named '\(kind)'") }
          let ratio = try measure(
            TrainingWork(
              work: kind, path: try Architecture(parsing: text), batch: batch, length: length, vocabulary: vocabulary,
              threads: threads, precision: precision, causal: causal))
          if let ratio { ratios.append(ratio) }
        }
      }
    }
    if ratios.count > 1 {
      let mean = exp(ratios.reduce(0) { $0 + log($1) } / Double(ratios.count))
      print("geometric mean of the ratios: \(text(mean))")
    }
  }

  /// Prints one line of medians; returns the faster peer's time over ours.
  private func measure(_ work: TrainingWork) throws -> Double? {
    let modes = python == "none" ? [] : compiled ? [false, true] : [false]
    // A process for each, so that one's memory is its own.
    let peers = try modes.map { (compiled: $0, peer: try Peer(python, "training_peer.py")) }
    defer { for (_, peer) in peers { peer.end() } }
    let step = try work.prepare()
    for _ in 0..<2 { _ = try step() }
    var ours: [Double] = []
    var theirs = [[Double]](repeating: [], count: peers.count)
    var notes = [String](repeating: "", count: peers.count)
    for _ in 0..<rounds {
      ours.append(try step())
      for (number, peer) in peers.enumerated() where notes[number].isEmpty || !theirs[number].isEmpty {
        var line = work
        line.compiled = peer.compiled
        let reply = try Reply(peer.peer.ask(String(decoding: JSONEncoder().encode(line), as: UTF8.self)))
        if let seconds = reply.seconds { theirs[number].append(seconds) }
        notes[number] = reply.error ?? "\((reply.peak ?? 0) >> 20) MiB"
      }
    }
    let median = Self.median(ours)
    var line = "\(work.name): \(text(median * 1e3)) ms"
    for (number, peer) in peers.enumerated() {
      let name = peer.compiled ? "compiled" : "eager"
      line += theirs[number].isEmpty ? ", \(name) failed: \(notes[number])"
        : ", \(name) \(text(Self.median(theirs[number]) * 1e3)) ms (\(notes[number]))"
    }
    let best = theirs.filter { !$0.isEmpty }.map(Self.median).min()
    if let best { line += ", ratio \(text(best / median))" }
    print(line, "| our process so far: \(Memory.peak >> 20) MiB")
    fflush(nil)
    return best.map { $0 / median }
  }

  private struct Reply: Decodable {
    var seconds: Double?
    var peak: Int?
    var error: String?

    init(_ line: String?) throws {
      guard let line else { throw ValidationError("the peer ended: can that Python import torch?") }
      self = try JSONDecoder().decode(Self.self, from: Data(line.utf8))
    }
  }

  static func median(_ numbers: [Double]) -> Double { numbers.sorted()[numbers.count / 2] }

  private func text(_ number: Double) -> String { String(format: "%.2f", number) }
}

/// What this process has held at most.
enum Memory {
  static var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(0), &usage)
    return usage.ru_maxrss * 1024
  }
}
