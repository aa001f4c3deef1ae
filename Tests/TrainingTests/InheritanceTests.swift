import Blocks
import Spaces
import Tensors
import Testing

@testable import Networks
@testable import Training

/// Weights of one run in another.
@Suite struct InheritanceTests {
  private static func architecture(_ options: [String: Int]) -> Architecture {
    Architecture(layers: [Layer(.cnn, width: 16), Layer(.hyena, width: 16, options: options)])
  }

  private func trainer(_ architectures: [Architecture], weights: Checkpoint? = nil) throws -> Pretrainer {
    var setup = Fixtures.pretraining(architectures)
    setup.weights = weights
    return try Pretrainer(setup)
  }

  @Test func `a Hyena block takes over the weights of another length`() throws {
    let short = try trainer([Self.architecture(["length": 64])])
    try short.train(until: 3)
    let weights = Checkpoint(try short.checkpoint().filter { $0.name.hasPrefix("weights/") })
    let long = try trainer([Self.architecture([:])], weights: weights)
    #expect(try #require(long.inherited) == (5, 5))
    let bytes = { (trainer: Pretrainer, name: String) in
      try trainer.supernet.path(Self.architecture(name == "" ? [:] : ["length": 64]), head: .tokens).layers[1].block
        .weights.values(0)
    }
    #expect(try bytes(long, "") == bytes(short, "64"))
    try long.train(until: 1)
    #expect(try long.checkpoint().map(\.name).contains("weights/1.hyena.16-16.safetensors"))
    // Options that change tensors are another block's.
    let other = try trainer([Self.architecture(["filter": 32])], weights: weights)
    #expect(try #require(other.inherited) == (4, 5))
    // None of several lengths is chosen, but the very one.
    let both = try trainer([Self.architecture(["length": 64]), Self.architecture(["length": 32])])
    try both.train(until: 20)
    let ambiguous = Checkpoint(try both.checkpoint().filter { $0.name.hasPrefix("weights/") })
    #expect(try #require(trainer([Self.architecture([:])], weights: ambiguous).inherited) == (4, 5))
    #expect(try #require(trainer([Self.architecture(["length": 32])], weights: ambiguous).inherited) == (5, 5))
  }

  @Test func `names of blocks say to which family they belong`() {
    #expect(BlockShape.family("2.hyena.64-64+filter32+length8192+sine5") == "2.hyena.64-64+filter32+sine5")
    #expect(BlockShape.family("2.hyena.64-64") == "2.hyena.64-64" && BlockShape.family("embedding") == "embedding")
    #expect(BlockShape.family("0.cnn.8-8+kernel5") == "0.cnn.8-8+kernel5" && BlockShape.family("") == "")
  }

  /// Gates are input, forget, cell, output, once for each direction.
  @Test(arguments: [false, true]) func `the forget gate of an LSTM starts open`(causal: Bool) throws {
    let layout = BlockShape(Layer(.lstm, width: 6), hIn: 6, causal: causal).layout
    let weights = Initializer(seed: 1).weights(layout, block: "b")
    let index = try #require(layout.entries.firstIndex { $0.name == "input.bias" })
    let units = causal ? 6 : 3
    let gates = [0, 1, 0, 0].flatMap { [Float](repeating: $0, count: units) }
    #expect(weights.values(index) == (causal ? gates : gates + gates))
  }
}
