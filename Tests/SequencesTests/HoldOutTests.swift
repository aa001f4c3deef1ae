import Sequences
import TestSupport
import Testing

@Test func `the choice of held-out sequences is stable`() {
  #expect(HoldOut.hash(bytes("")) == 0xF52A15E9A9B5E89B)
  #expect(HoldOut.hash(bytes("ACGT")) == 0x9348EB0381318BFE)
  #expect(HoldOut.hash(bytes("ACGT"), seed: 1) == 0x6EC1D64EF271DE61)
  #expect(!HoldOut.contains(bytes("ACGT"), fraction: 0))
  #expect(HoldOut.contains(bytes("ACGT"), fraction: 1))
  var random = RandomNumbers(seed: seed)
  let sequences = (0..<20_000).map { _ in random.letters("ACGT", 20) }
  let held = sequences.count { HoldOut.contains($0, fraction: 0.1) }
  #expect((1_800...2_200).contains(held), "seed \(seed)")
}
