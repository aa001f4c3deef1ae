import ArgumentParser
import Dispatch
import Layers
import Randomness
import Tensors

/// Forward and backward passes of single blocks on one thread: `bench blocks`. Peers/blocks_peer.py does the same work
/// in PyTorch.
struct BlockBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "blocks", abstract: "Median time of one block's forward and backward pass, on one thread.")

  @Argument(help: "Module and width, as lstm:256.") var blocks = [
    "cnn:256", "lstm:256", "transformer:256", "mamba:256",
  ]
  @Option var sequences = 16
  @Option var length = 128
  @Option var steps = 30
  @Flag var causal = false

  func run() throws {
    for text in blocks {
      let parts = text.split(separator: ":")
      guard parts.count == 2, let kind = BlockKind(rawValue: String(parts[0])), let width = Int(parts[1]) else {
        throw ValidationError("a block is a module and a width, as lstm:256, not \(text)")
      }
      let times = measure(try BlockShape(kind: kind, hIn: width, hOut: width, causal: causal))
      print("\(text) \(milliseconds(times[times.count / 2])) ms (best \(milliseconds(times[0])) ms)")
    }
  }

  /// Seconds of each pass, sorted.
  private func measure(_ shape: BlockShape) -> [Double] {
    let random = Philox(seed: 1, stream: .synthesis)
    let rows = sequences * length
    let x = (0..<rows * shape.hIn).map { Float(2 * random.uniform($0) - 1) }
    let gradient = (0..<rows * shape.hOut).map { Float(2 * random.uniform($0, 1) - 1) }
    let weights = Initializer(seed: 1).weights(shape.layout, block: "0")
    let tape = Tape()
    return (0..<steps + 3).map { _ in
      let start = DispatchTime.now().uptimeNanoseconds
      tape.begin(lengths: [Int](repeating: length, count: sequences), training: true)
      let block = tape.bind(weights)
      let y = shape.forward(tape.input(x, rows: rows, columns: shape.hIn), on: tape, block: block)
      tape.backward(seeds: [(y, gradient)])
      return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    }.dropFirst(3).sorted()
  }

  private func milliseconds(_ seconds: Double) -> Double { (seconds * 1e5).rounded() / 100 }
}
