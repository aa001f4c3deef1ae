import Foundation
import Tensors
import Testing

@testable import Layers

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
    self.shape = try BlockShape(
      kind: BlockKind(rawValue: shape[0])!, hIn: Int(shape[1])!, hOut: Int(shape[2])!,
      options: Dictionary(uniqueKeysWithValues: options.map { (String($0[0]), Int($0[1])!) }), causal: shape[3] == "1")
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
  "mamba-causal", "hyena", "hyena-causal", "hyena-options", "cnn-groups", "cnn-depthwise",
]

@Suite struct GoldenTests {
  @Test(arguments: names) func valuesAndGradientsAreThoseOfPyTorch(name: String) throws {
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
  @Test(arguments: names) func halfIsCloseToPyTorch(name: String) throws {
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

  @Test(arguments: names) func twentyStepsFollowPyTorch(name: String) throws {
    let golden = try Golden(name)
    let block = Block(name: name, weights: golden.weights())
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

  @Test(arguments: names) func sequencesDoNotSeeEachOther(name: String) throws {
    let golden = try Golden(name)
    let whole = golden["y"]
    var row = 0
    for length in golden.lengths {
      let tape = Tape()
      tape.begin(lengths: [length], training: false)
      let block = tape.bind(golden.weights())
      let (hIn, hOut) = (golden.shape.hIn, golden.shape.hOut)
      let x = tape.input(Array(golden["x"][row * hIn..<(row + length) * hIn]), rows: length, columns: hIn)
      let y = tape.array(golden.shape.forward(x, on: tape, block: block))
      #expect(relativeError(y, Array(whole[row * hOut..<(row + length) * hOut])) < 1e-5)
      row += length
    }
  }
}

@Suite struct BlockShapeTests {
  @Test func parametersAreCounted() throws {
    let cnn = try BlockShape(kind: .cnn, hIn: 32, hOut: 64, causal: false)
    #expect(cnn.parameterCount == 32 * 64 + 2 * 64 + 64 * 64 * 9 + 64)
    let transformer = try BlockShape(kind: .transformer, hIn: 128, hOut: 128, causal: false)
    #expect(transformer.parameterCount == 12 * 128 * 128 + 4 * 128 + (3 + 1 + 4 + 1) * 128)
  }

  @Test func defaultsWrittenOutChangeNothing() throws {
    let plain = try BlockShape(kind: .cnn, hIn: 8, hOut: 8, causal: false)
    let written = try BlockShape(kind: .cnn, hIn: 8, hOut: 8, options: ["kernel": 9, "dilation": 1], causal: false)
    #expect(plain == written && written.name == "cnn.8-8")
    let five = try BlockShape(kind: .cnn, hIn: 8, hOut: 8, options: ["kernel": 5], causal: false)
    #expect(five.name == "cnn.8-8+kernel5")
  }

  @Test func badShapesAreNamed() {
    func message(_ kind: BlockKind, _ options: [String: Int]) -> String? {
      do {
        _ = try BlockShape(kind: kind, hIn: 8, hOut: 8, options: options, causal: false)
        return nil
      } catch { return "\(error)" }
    }
    #expect(message(.hyena, ["features": 4]) == "option features=4 of module 'hyena': must be odd and at least 3")
    #expect(message(.cnn, ["groups": 3]) == "option groups=3 of module 'cnn': must divide the width 8")
    #expect(message(.lstm, ["cells": 2]) == "module 'lstm' has no option 'cells'; it has none")
    #expect(message(.mamba, ["state": 0]) == "option state=0 of module 'mamba': must be at least 1")
    #expect(message(.cnn, ["heads": 2]) == "module 'cnn' has no option 'heads'; it has dilation, groups, kernel")
    #expect(
      message(.cnn, ["kernel": 4]) == "option kernel=4 of module 'cnn': must be odd for a bidirectional convolution")
    #expect(message(.transformer, ["heads": 3])?.hasPrefix("option heads=3") == true)
    #expect(message(.transformer, ["inner": 0]) == "option inner=0 of module 'transformer': must be at least 1")
    let odd = #expect(throws: BlockError.self) { try BlockShape(kind: .lstm, hIn: 8, hOut: 7, causal: false) }
    #expect(odd?.description == "width 7 of module 'lstm': each direction has half of it")
    #expect(throws: Never.self) { try BlockShape(kind: .lstm, hIn: 8, hOut: 7, causal: true) }
  }

  @Test func mambaStartsWithItsTimeStepsAndRates() throws {
    let layout = try BlockShape(kind: .mamba, hIn: 64, hOut: 64, causal: true).layout
    let weights = Initializer(seed: 3).weights(layout, block: "a")
    func values(_ name: String) -> [Double] {
      weights.values(layout.entries.firstIndex { $0.name == name }!).map(Double.init)
    }
    // Their logarithms fill [log 0.001, log 0.1] evenly: mean log 0.01.
    let steps = values("forward.step.bias").map { log1p(exp($0)) }
    #expect(steps.allSatisfy { $0 > 0.00099 && $0 < 0.101 })
    #expect(abs(steps.map { log($0) }.reduce(0, +) / 128 - log(0.01)) < 0.3)
    #expect(steps.min()! < 0.0015 && steps.max()! > 0.07)
    let rates = values("forward.logA").map { exp($0) }
    #expect(rates.indices.allSatisfy { abs(rates[$0] - Double($0 / 128 + 1)) < 1e-5 })
    #expect(layout.entries.filter(\.decays).map(\.name).sorted() == [
      "forward.convolution.weight", "forward.projection.weight", "forward.step.weight", "gate.weight", "inner.weight",
      "output.weight",
    ])
  }

  @Test func startingWeightsFollowFromSeedAndName() throws {
    let layout = try BlockShape(kind: .cnn, hIn: 8, hOut: 8, causal: false).layout
    func numbers(_ seed: Int, _ name: String) -> [Float] {
      Initializer(seed: seed).weights(layout, block: name).values(2)
    }
    #expect(numbers(1, "a") == numbers(1, "a"))
    #expect(numbers(1, "a") != numbers(2, "a") && numbers(1, "a") != numbers(1, "b"))
    let limit = 1 / Float(72).squareRoot()
    #expect(numbers(1, "a").allSatisfy { abs($0) <= limit })
    let mean = numbers(1, "a").reduce(0, +) / 576
    #expect(abs(mean) < 0.02)
    // Pinned: a change moves every result of every seed.
    #expect(numbers(7, "0.cnn.8-8")[..<2].map { "\($0)" } == pinned)
  }
  private let pinned = ["0.09105578", "0.07614091"]
}
