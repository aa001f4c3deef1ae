import Blocks
import Spaces
import Tensors
import Testing
import Tokens

@testable import Networks
@testable import Training

/// Scores that are sums over both strands.
@Suite struct StrandTests {
  /// Tokens 5 to 11 in pairs: 5 with 8, 6 with 7; 9, 10 and 11 are their own complements.
  private static let complements: [Int32] = [0, 1, 2, 3, 4, 8, 7, 6, 5, 9, 10, 11]

  private func turned(_ ids: [Int32]) -> [Int32] { ids.reversed().map { Self.complements[Int($0)] } }

  @Test(arguments: Fixtures.space) func `scores of the other strand are the scores turned, to the bit`(
    architecture: Architecture
  ) throws {
    let trainer = try Pretrainer(Fixtures.pretraining([architecture]))
    let path = try trainer.supernet.path(architecture, head: .tokens)
    let ids: [Int32] = [5, 6, 9, 7, 10, 8, 5, 5, 11, 6, 7]
    let length = Int32(ids.count)
    func scores(_ ids: [Int32]) -> [[Float]] {
      let tape = Tape()
      tape.begin(lengths: [ids.count, ids.count], training: false)
      let both = PackedTokens(ids: ids, lengths: [ids.count]).onBothStrands(Self.complements)
      let y = path.strandedLogits(
        both.ids[...], rows: Array(0..<length), others: (0..<length).map { 2 * length - 1 - $0 },
        complements: Self.complements, on: tape)
      let values = tape.array(y)
      return (0..<ids.count).map { Array(values[$0 * 12..<($0 + 1) * 12]) }
    }
    let (given, other) = (scores(ids), scores(turned(ids)))
    for place in ids.indices {
      let mirrored = other[ids.count - 1 - place]
      #expect(given[place] == Self.complements.map { mirrored[Int($0)] })
    }
    #expect(given != other)
  }

  @Test func `a training on sums learns, and is the same on any number of threads`() throws {
    func trained(_ threads: Int) throws -> Pretrainer {
      var setup = Fixtures.pretraining([Fixtures.space[0]])
      setup.objective = MaskedModelling(complements: Self.complements)
      setup.options.threads = threads
      setup.options.optimizer = AdamW(rate: 3e-3, warmup: 10)
      return try Pretrainer(setup)
    }
    let (one, two) = (try trained(1), try trained(2))
    let question = HeldOut.Question(
      Fixtures.space[0], on: (0..<8).map { EvaluationBatch(Fixtures.source(seed: 2)($0)) })
    let before = try one.evaluate(question).loss
    try one.train(until: 60)
    try two.train(until: 60)
    #expect(try one.checkpoint() == two.checkpoint())
    #expect(try one.evaluate(question).loss < before - 0.3)
  }

  /// The loss of a batch is that of its other strand, where the same letters are hidden.
  @Test func `rows of both strands stand at the same letters`() {
    let tokens = PackedTokens(ids: [5, 6, 7, 9, 9, 8, 8], lengths: [4, 3])
    let both = tokens.onBothStrands(Self.complements)
    #expect(both.starts == [0, 4, 8, 11, 14])
    #expect(Array(both[1]) == turned([5, 6, 7, 9]) && Array(both[3]) == turned([9, 8, 8]))
  }
}
