import Blocks
import Spaces
import Tensors
import Testing
import Tokens

@testable import Networks

/// The contributions of tokens to an output, by layer.
@Suite struct AttributionTests {
  private struct Made {
    let network: TaskNetwork
    let tokens: PackedTokens
    let weights: [[Float]]
  }

  private func made(
    _ text: String, pooling: Pooling = .mean, strands: Int = 1, examples: Int = 3, positions: Positions = .none
  ) throws -> Made {
    let description = SupernetDescription(
      vocabulary: 40, embedding: Embedding(width: 8), positions: positions, causal: false, seed: 3)
    let (supernet, architecture) = (Supernet(description), try Architecture(parsing: text))
    let head = TaskHead(.classes(2), pooling: pooling, length: 21, strands: strands)
    let path = try supernet.path(architecture, head: .task(head))
    var files = [CheckpointFile(name: SupernetDescription.fileName, bytes: description.bytes)]
    for name in supernet.checkpointNames(of: path) {
      files.append(CheckpointFile(name: name, bytes: try supernet.checkpointBytes(name)))
    }
    let network = try TaskNetwork(architecture, head: head, of: Checkpoint(files), half: false, threads: 1)
    var tokens = PackedTokens()
    for sequence in 0..<examples * strands {
      tokens.append((0..<21 - sequence % 2).map { Int32(($0 * 7 + sequence * 5) % 33 + 7) }[...])
    }
    return Made(network: network, tokens: tokens, weights: (0..<examples).map { [Float($0) - 1, 1] })
  }

  private func attributions(
    _ made: Made, _ rule: AttributionRule, baselines: PackedTokens? = nil, threads: Int = 1
  ) throws -> [Attribution] {
    try #require(
      try made.network.attributions(
        of: made.tokens, baselines: baselines, weights: made.weights, by: rule, byLayer: true, threads: threads))
  }

  /// f as predictions have it.
  private func outputs(_ made: Made, _ tokens: PackedTokens) throws -> [Double] {
    let numbers = try #require(try made.network.outputs(of: tokens))
    return made.weights.indices.map { row in
      zip(made.weights[row], numbers[2 * row..<2 * row + 2]).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
  }

  static let networks = ["c8(kernel=3)-t8", "h8(form=modal)-g8(dilation=2,kernel=3)-g8", "m8-l8", "g8-p8(factor=3)-t8"]

  /// The sum over tokens is f(x) - f(x') at every depth, whatever layers, poolings of tokens and strands.
  @Test(arguments: networks, [Pooling.mean, .max, .meanAndMax, .last, .flat])
  func `integrated gradients are complete at every depth`(_ text: String, _ pooling: Pooling) throws {
    for strands in [1, 2] {
      let made = try made(text, pooling: pooling, strands: strands, positions: .sinusoidal)
      let expected = try outputs(made, made.tokens)
      for (row, found) in try attributions(made, .integrated(steps: 256)).enumerated() {
        #expect(abs(found.output - expected[row]) < 1e-5 * max(1, abs(expected[row])))
        #expect(found.depths.count == text.split(separator: "-").count + 1)
        for depth in found.depths {
          #expect(depth.map(\.count) == (0..<strands).map { made.tokens[row * strands + $0].count })
          let sum = depth.joined().reduce(0, +)
          // Maxima have corners, which the middles of steps miss.
          let tolerance = [.max, .meanAndMax].contains(pooling) ? 0.05 : 2e-3
          let size = max(abs(found.output - found.baseline), 0.1)
          #expect(abs(sum - (found.output - found.baseline)) < tolerance * size, "\(text) \(pooling) \(sum)")
        }
      }
    }
  }

  /// The derivative along the way to the baseline is the sum over tokens of gradient times difference: held against
  /// central differences of activations, a row at a time.
  @Test(arguments: networks) func `gradients are those of central differences`(_ text: String) throws {
    let made = try made(text, examples: 1)
    let found = try attributions(made, .gradient)[0]
    let tape = Tape()
    let path = made.network.path
    let activations = { (isEven: Bool) in
      tape.begin(lengths: made.tokens.lengths(0..<1), training: false)
      return path.activations(made.tokens.ids[...], isEven: isEven, byLayer: true, on: tape)
    }
    let (given, other) = (activations(false), activations(true))
    for depth in given.indices {
      let value = { (row: Int, share: Float) -> Double in
        let streams = zip(given[depth].streams, other[depth].streams).map { own, base in
          var numbers = own.numbers
          for index in row * own.columns..<(row + 1) * own.columns {
            numbers[index] += share * (own.numbers[index] - base.numbers[index])
          }
          return Activations.Stream(columns: own.columns, numbers: numbers)
        }
        let moved = Activations(
          depth: depth, stride: given[depth].stride, lengths: given[depth].lengths, streams: streams)
        tape.begin(lengths: moved.lengths, training: false)
        let logits = tape.array(path.outputs(from: moved, head: made.network.head, on: tape).outputs)
        return Double(made.weights[0][0]) * Double(logits[0]) + Double(made.weights[0][1]) * Double(logits[1])
      }
      let stride = given[depth].stride
      let largest = found.depths[depth][0].map(abs).max() ?? 0
      for row in [0, 2, given[depth].rows - 1] {
        let step: Float = 1.0 / 32
        let slope = (value(row, step) - value(row, -step)) / Double(2 * step)
        let own = found.depths[depth][0][row * stride..<min((row + 1) * stride, 21)].reduce(0, +)
        #expect(abs(own - slope) < 2e-2 * max(abs(slope), largest * Double(stride)), "\(text) \(depth) \(row)")
      }
    }
  }

  @Test func `occlusion is the loss by one token's activations`() throws {
    // The baseline of a sequence of one token in every place is itself: nothing is lost.
    let made = try made("g8-c8(kernel=3)", examples: 1)
    let found = try attributions(made, .occlusion)[0]
    #expect(found.depths.count == 3 && found.depths.joined().joined().contains { abs($0) > 1e-4 })
    var even = PackedTokens()
    even.append([Int32](repeating: 9, count: 21))
    let none = try #require(
      try made.network.attributions(
        of: even, baselines: nil, weights: made.weights, by: .occlusion, byLayer: true, threads: 1))
    #expect(none[0].depths.joined().joined().allSatisfy { abs($0) < 1e-5 })
    // Behind the last layer tokens are pooled by their mean: what is lost by each adds up but for the norm's bends.
    #expect(abs(found.output - (try outputs(made, made.tokens))[0]) < 1e-5)
  }

  @Test(arguments: [AttributionRule.gradient, .integrated(steps: 7), .occlusion])
  func `contributions do not depend on threads, or on what else is asked`(_ rule: AttributionRule) throws {
    let made = try made("h8-t8", examples: 5)
    let one = try attributions(made, rule).map(\.depths)
    for threads in [2, 4] { #expect(try attributions(made, rule, threads: threads).map(\.depths) == one) }
    let last = try #require(
      try made.network.attributions(
        of: made.tokens.selecting([4]), baselines: nil, weights: [made.weights[4]], by: rule, byLayer: false, threads: 1
      ))
    #expect(last[0].depths == [one[4][0]])
  }

  @Test func `several baselines count as their mean`() throws {
    let made = try made("g8-t8", examples: 2)
    var baselines = PackedTokens()
    for index in 0..<6 {
      let count = made.tokens[index / 3].count
      baselines.append((0..<count).map { Int32(($0 * 11 + index * 3) % 33 + 7) }[...])
    }
    let found = try attributions(made, .integrated(steps: 128), baselines: baselines)
    for row in found {
      for depth in row.depths {
        #expect(abs(depth.joined().reduce(0, +) - (row.output - row.baseline)) < 2e-3)
      }
    }
    let values = try #require(try made.network.outputs(of: baselines))
    let mean = (0..<3).reduce(0.0) { sum, index in
      sum + Double(made.weights[0][0] * values[2 * index] + made.weights[0][1] * values[2 * index + 1])
    }
    #expect(abs(found[0].baseline - mean / 3) < 1e-5)
  }
}
