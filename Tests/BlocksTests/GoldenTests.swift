import Foundation
import System
import Tensors
import Testing

@testable import Blocks
@testable import Networks
@testable import Training

/// One file of Goldens/, made by PyTorch in float64.
private struct Golden {
  let shape: BlockShape
  let lengths: [Int]
  private let arrays: [String: [Float]]

  init(_ name: String) throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Goldens/\(name).txt")
    var arrays: [String: [Float]] = [:]
    var words: [String: [String]] = [:]
    for line in try String(contentsOf: path, encoding: .utf8).split(separator: "\n") {
      let parts = line.split(separator: " ").map(String.init)
      words[parts[0]] = Array(parts.dropFirst())
      arrays[parts[0]] = parts.dropFirst().compactMap(Float.init)
    }
    let shape = words["shape"]!
    let options = shape.dropFirst(4).map { $0.split(separator: "=") }
    let layer = Layer(
      BlockKind(named: shape[0])!, width: Int(shape[2])!,
      options: Dictionary(uniqueKeysWithValues: options.map { (String($0[0]), Int($0[1])!) }))
    self.shape = BlockShape(layer, hIn: Int(shape[1])!, causal: shape[3] == "1")
    lengths = words["lengths"]!.map { Int($0)! }
    self.arrays = arrays
  }

  subscript(name: String) -> [Float] { arrays[name]! }

  func weights() -> ParameterBuffer {
    let buffer = ParameterBuffer(shape.layout)
    for (index, entry) in shape.layout.entries.enumerated() { buffer.set(index, self["weights/\(entry.name)"]) }
    return buffer
  }

  var rows: Int { lengths.reduce(0, +) }
}

/// The largest difference relative to the largest expected magnitude.
private func relativeError(_ actual: [Float], _ expected: [Float]) -> Float {
  guard actual.count == expected.count else { return .infinity }
  let scale = expected.map(abs).max() ?? 0
  return zip(actual, expected).map { abs($0 - $1) }.max()! / max(scale, 1e-6)
}

private let names = [
  "cnn", "cnn-causal", "cnn-dilated", "transformer", "transformer-causal", "lstm", "lstm-causal", "mamba",
  "mamba-causal", "hyena", "hyena-causal", "hyena-options", "cnn-groups", "cnn-depthwise", "gated", "gated-causal",
  "gated-tail", "transformer-window", "transformer-window-causal", "transformer-plain", "transformer-dense",
  "cnn-swiglu", "lstm-gated-mlp", "mamba-layer-norm", "hyena-modal", "hyena-modal-causal", "hyena-groups", "pool",
  "pool-maximum",
]

@Suite struct GoldenTests {
  @Test(arguments: names) func `values and gradients are those of PyTorch`(name: String) throws {
    let golden = try Golden(name)
    let tape = Tape()
    tape.begin(lengths: golden.lengths, training: true)
    let block = tape.bind(golden.weights())
    let x = tape.input(golden["x"], rows: golden.rows, columns: golden.shape.hIn)
    let y = golden.shape.forward(x, on: tape, block: block)
    #expect(relativeError(tape.array(y), golden["y"]) < 1e-5)
    tape.backward(seeds: [(y, golden["target"])])
    #expect(relativeError(tape.gradientArray(x)!, golden["gradients/x"]) < 1e-5)
    for entry in golden.shape.layout.entries {
      let gradient = Array(UnsafeBufferPointer(start: tape.parameterGradientBase + entry.offset, count: entry.count))
      let error = relativeError(gradient, golden["gradients/\(entry.name)"])
      #expect(error < 1e-4, "\(entry.name)")
    }
  }

  /// Operands of products are rounded to 8 bits, and so are the results, in the order of 1 %; not those of the filter
  /// network, whose sines would magnify it.
  @Test(arguments: names) func `half precision is close to PyTorch`(name: String) throws {
    let golden = try Golden(name)
    let tape = Tape()
    tape.half = true
    tape.begin(lengths: golden.lengths, training: true)
    let block = tape.bind(golden.weights())
    let x = tape.input(golden["x"], rows: golden.rows, columns: golden.shape.hIn)
    let y = golden.shape.forward(x, on: tape, block: block)
    let error = relativeError(tape.array(y), golden["y"])
    #expect(error < 2e-2, "y: \(error)")
    // A depthwise convolution has no product.
    #expect(error > 1e-5 || name == "cnn-depthwise", "y is not rounded: \(error)")
    tape.backward(seeds: [(y, golden["target"])])
    let errorOfX = relativeError(tape.gradientArray(x)!, golden["gradients/x"])
    #expect(errorOfX < 2e-2, "x: \(errorOfX)")
    for entry in golden.shape.layout.entries {
      let gradient = Array(UnsafeBufferPointer(start: tape.parameterGradientBase + entry.offset, count: entry.count))
      let error = relativeError(gradient, golden["gradients/\(entry.name)"])
      #expect(error < 5e-2, "\(entry.name): \(error)")
    }
  }

  @Test(arguments: names) func `twenty steps of training follow PyTorch`(name: String) throws {
    let golden = try Golden(name)
    let block = BlockState(name: name, weights: golden.weights())
    let tape = Tape()
    let optimizer = Optimizer()
    let rule = AdamW(rate: Double(golden["rate"][0]), decay: 0.1, clip: 1)
    let target = golden["target"]
    for (step, expected) in golden["losses"].enumerated() {
      tape.begin(lengths: golden.lengths, training: true)
      let number = tape.bind(block.weights)
      let x = tape.input(golden["x"], rows: golden.rows, columns: golden.shape.hIn)
      let y = golden.shape.forward(x, on: tape, block: number)
      let difference = zip(tape.array(y), target).map { $0 - $1 }
      let loss = difference.reduce(0.0) { $0 + Double($1 * $1) } / Double(target.count)
      #expect(abs(loss - Double(expected)) < 1e-4 * Double(expected), "step \(step): \(loss), PyTorch \(expected)")
      tape.backward(seeds: [(y, difference.map { 2 * $0 / Float(target.count) })])
      let workers = WorkerPool(threads: 1)
      _ = optimizer.step([block], tapes: [tape], rule: rule, rate: rule.rate(step: step), workers: workers)
    }
  }

  @Test(arguments: names) func `sequences of a batch do not see each other`(name: String) throws {
    let golden = try Golden(name)
    let whole = golden["y"]
    var (row, first) = (0, 0)
    for length in golden.lengths {
      let tape = Tape()
      tape.begin(lengths: [length], training: false)
      let block = tape.bind(golden.weights())
      let hIn = golden.shape.hIn
      let x = tape.input(Array(golden["x"][row * hIn..<(row + length) * hIn]), rows: length, columns: hIn)
      let y = tape.array(golden.shape.forward(x, on: tape, block: block))
      #expect(relativeError(y, Array(whole[first..<first + y.count])) < 1e-5)
      (row, first) = (row + length, first + y.count)
    }
  }
}
