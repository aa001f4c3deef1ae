import Foundation
import Losses
import Ops
import Spaces
import Tensors
import Testing

@testable import Networks
@testable import Training

/// The auto-encoder: outputs of all tokens from the features of the last.
@Suite struct LastTokenTests {
  private static let width = 6
  private let ids: [Int32] = [0, 3, 1, 2, 4, 1, 0, 2, 4]
  private let lengths = [5, 4]
  private var head: TaskHead {
    var head = TaskHead(.tokens(5))
    head.isOfLast = true
    return head
  }

  /// A path whose norms and biases are not those of a new one.
  private func path(_ text: String) throws -> Path {
    let description = SupernetDescription(
      vocabulary: 5, embedding: .init(width: Self.width), causal: true, seed: 3)
    let path = try Supernet(description).path(Architecture(parsing: text), head: .task(head))
    for block in [path.norm.block, path.head.block] {
      for index in block.weights.layout.entries.indices {
        block.weights.set(index, block.weights.values(index).enumerated().map { $1 + 0.1 * sin(Float($0 + index)) })
      }
    }
    return path
  }

  private func tape(training: Bool) -> Tape {
    let tape = Tape()
    tape.begin(lengths: lengths, training: training)
    return tape
  }

  private func normal(_ x: [Double], _ weight: [Float], _ bias: [Float]) -> [Double] {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    return x.indices.map { (x[$0] - mean) / (variance + 1e-5).squareRoot() * Double(weight[$0]) + Double(bias[$0]) }
  }

  private func linear(_ x: [Double], _ weight: [Float], _ bias: [Float]) -> [Double] {
    bias.indices.map { row in
      x.indices.reduce(Double(bias[row])) { $0 + x[$1] * Double(weight[row * x.count + $1]) }
    }
  }

  private func gelu(_ x: [Double]) -> [Double] { x.map { $0 / 2 * (1 + erf($0 / 2.0.squareRoot())) } }

  /// As MAD-lab's auto-encoder writes it: sinusoids of the place added to the last state, then norm, linear, GELU,
  /// norm, linear, GELU, norm and linear.
  @Test func `outputs are those of the plain form`() throws {
    let path = try path("m6-t6")
    let record = tape(training: false)
    let features = record.array(path.body(ids[...], path.bind(to: record), record)).map(Double.init)
    let second = tape(training: false)
    let outputs = second.array(path.outputs(ids[...], head: head, on: second, dropout: nil))
    let asked: [Int32] = [1, 2, 8]
    let third = tape(training: false)
    let some = third.array(path.outputs(ids[...], head: head, rows: asked, on: third, dropout: nil))
    let weights = path.head.block.weights, norm = path.norm.block.weights
    var row = 0
    for (first, length) in zip([0, 5], lengths) {
      let last = features[(first + length - 1) * Self.width..<(first + length) * Self.width]
      for place in 0..<length {
        let placed = last.enumerated().map { column, value in
          let angle = Double(place) / pow(10_000, Double(column / 2 * 2) / Double(Self.width))
          return value + (column % 2 == 0 ? sin(angle) : cos(angle))
        }
        var x = normal(placed, norm.values(0), norm.values(1))
        x = gelu(linear(x, weights.values(0), weights.values(1)))
        x = normal(x, weights.values(2), weights.values(3))
        x = gelu(linear(x, weights.values(4), weights.values(5)))
        x = normal(x, weights.values(6), weights.values(7))
        x = linear(x, weights.values(8), weights.values(9))
        for column in 0..<5 { #expect(abs(Double(outputs[row * 5 + column]) - x[column]) < 1e-4) }
        if let place = asked.firstIndex(of: Int32(row)) {
          #expect(some[place * 5..<place * 5 + 5].elementsEqual(outputs[row * 5..<row * 5 + 5]))
        }
        row += 1
      }
    }
    let fourth = tape(training: false)
    let best = path.classes(ids[...], head: head, rows: asked, on: fourth)
    let plain = asked.map { row in (0..<5).max { outputs[Int(row) * 5 + $0] < outputs[Int(row) * 5 + $1] }! }
    #expect(best == plain.map(Float.init))
  }

  @Test func `gradients are those of central differences`() throws {
    let path = try path("t6")
    let loss = { (training: Bool) -> (Double, Tape) in
      let tape = self.tape(training: training)
      let outputs = path.outputs(self.ids[...], head: self.head, on: tape, dropout: nil)
      let sum = tape.crossEntropy(outputs, targets: self.ids, scale: 1 / Float(self.ids.count))
      return (sum.loss, tape)
    }
    let (value, tape) = loss(true)
    tape.backward()
    #expect(value > 0)
    var base = 0
    for block in path.blocks {
      for (index, entry) in block.weights.layout.entries.enumerated() {
        let before = block.weights.values(index)
        for place in stride(from: 0, to: before.count, by: max(1, before.count / 7)) {
          let values = [Float(1.0 / 128), -1.0 / 128].map { step -> Double in
            var changed = before
            changed[place] += step
            block.weights.set(index, changed)
            return loss(false).0
          }
          let slope: Double = (values[0] - values[1]) * 64
          let found = Double(tape.parameterGradientBase[base + entry.offset + place])
          #expect(abs(found - slope) < 3e-3 + 2e-2 * abs(slope), "\(block.name) \(index) \(place): \(found), \(slope)")
        }
        block.weights.set(index, before)
      }
      base += block.weights.layout.size
    }
  }
}
