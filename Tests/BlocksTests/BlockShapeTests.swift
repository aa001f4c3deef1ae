import Foundation
import Tensors
import Testing

@testable import Blocks

private func shape(_ kind: BlockKind, _ options: [String: Int] = [:]) -> BlockShape {
  BlockShape(Layer(kind, width: 8, options: options), hIn: 8, causal: false)
}

@Suite struct BlockShapeTests {
  @Test func `kinds of blocks are told apart by name and letter`() {
    let kinds = BlockKind.all
    #expect(Set(kinds.map(\.name)).count == kinds.count && Set(kinds.map(\.letter)).count == kinds.count)
    for kind in kinds {
      #expect(BlockKind(named: kind.name) == kind && BlockKind(letter: kind.letter) == kind)
      #expect(kind.options.map(\.name) == kind.options.map(\.name).sorted())
      #expect(kind.ownOptions.map(\.name) == kind.ownOptions.map(\.name).sorted())
      #expect(kind.pyTorch.hasPrefix("def \(kind)(x, p, o):\n"))
      for option in kind.options {
        for width in [8, 64, 8192] {
          #expect(option.range.contains(option.value(width: width)), "\(kind) \(option.name)")
        }
      }
    }
  }

  @Test func `parameters of a block are counted`() {
    let cnn = BlockShape(Layer(.cnn, width: 64), hIn: 32, causal: false)
    #expect(cnn.parameterCount == 32 * 64 + 2 * 64 + 64 * 64 * 9 + 64)
    let transformer = BlockShape(Layer(.transformer, width: 128), hIn: 128, causal: false)
    #expect(transformer.parameterCount == 12 * 128 * 128 + 4 * 128 + (3 + 1 + 4 + 1) * 128)
  }

  @Test func `defaults written out change nothing`() {
    let plain = shape(.cnn)
    let written = shape(.cnn, ["kernel": 9, "dilation": 1])
    #expect(plain == written && written.name == "cnn.8-8")
    #expect(shape(.cnn, ["kernel": 5]).name == "cnn.8-8+kernel5")
  }

  @Test func `bad shapes of blocks are named`() {
    func message(_ kind: BlockKind, _ options: [String: Int]) -> String? {
      shape(kind, options).problem?.description
    }
    #expect(
      message(.hyena, ["features": 4])
        == "hyena features 4 is even: one time feature and pairs of waves make an odd number")
    #expect(message(.cnn, ["groups": 3]) == "cnn width 8 cannot be divided into 3 groups")
    for (kind, option) in [(BlockKind.cnn, "kernel"), (.hyena, "short")] {
      #expect(
        message(kind, [option: 4])
          == "option \(option)=4 of module '\(kind)': must be odd for a bidirectional convolution")
      #expect(Layer(kind, width: 8, options: [option: 4]).problem(causal: true) == nil)
      #expect(Layer(kind, width: 8, options: [option: 4]).problem() == nil)
    }
    #expect(message(.transformer, ["heads": 3]) == "transformer width 8 cannot be divided into 3 heads")
    #expect(message(.cnn, ["groups": 4]) == nil && message(.mamba, ["conv": 2]) == nil)
    let odd = Layer(.lstm, width: 7)
    #expect(odd.problem(causal: false)?.description == "lstm width 7 is odd: its two directions have half each")
    #expect(odd.problem()?.nearestWidth == 8 && odd.problem(causal: true) == nil)
  }

  @Test func `Mamba starts with its time steps and rates`() {
    let layout = BlockShape(Layer(.mamba, width: 64), hIn: 64, causal: true).layout
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
    #expect(
      layout.entries.filter(\.decays).map(\.name).sorted() == [
        "forward.convolution.weight", "forward.projection.weight", "forward.step.weight", "gate.weight", "inner.weight",
        "output.weight",
      ])
  }

  @Test func `starting weights follow from seed and name`() {
    let layout = shape(.cnn).layout
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
