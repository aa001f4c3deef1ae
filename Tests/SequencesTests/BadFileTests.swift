import Sequences
import TestSupport
import Testing

/// Every file of `Goldens/bad` is refused with the message in the file `.expected` beside it. The start of its name is
/// its alphabet, or the format.
@Test func `bad sequence files give their messages`() throws {
  let goldens = GoldenFolder()
  #expect(try goldens.bad.count >= 10)
  for name in try goldens.bad {
    let options = ReadingOptions(alphabet: name.hasPrefix("protein-") ? .protein : .dna)
    let difference = try goldens.difference(bad: name) {
      _ = try FASTAReader.read(goldens.bad(name), file: name, options: options)
    }
    #expect(difference == nil)
  }
}

/// No bytes crash a reader: every file is read, or gives errors.
@Test func `damaged sequence files never crash the reader`() throws {
  var random = RandomNumbers(seed: seed)
  let file = bytes(">a b\nACGT\nNNAC\n>b\nTTTT\n>c\nA\n")
  let accepted = (0..<500).count { _ in (try? FASTAReader.read(random.damaged(file), file: "f")) != nil }
  #expect(accepted > 0, "seed \(seed)")
}
