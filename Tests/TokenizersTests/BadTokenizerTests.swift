import Sequences
import TestSupport
import Testing
import Tokenizers

/// Every file of `Goldens/bad` is refused with the message in the file `.expected` beside it.
@Test func `bad tokenizer files give their messages`() throws {
  let goldens = GoldenFolder()
  #expect(try goldens.bad.count >= 15)
  for name in try goldens.bad {
    let difference = try goldens.difference(bad: name) { _ = try Tokenizer(json: goldens.bad(name), file: name) }
    #expect(difference == nil)
  }
}

/// No bytes crash the reader: every file is read, or gives an error; what is read can be used.
@Test func `damaged tokenizer files never crash the reader`() throws {
  var random = RandomNumbers(seed: seed)
  let files = [trained().json(), Tokenizer.kmer(2, stride: 1, .dna).json(), Tokenizer.byte.json()]
  var accepted = 0
  for round in 0..<1_500 {
    guard let tokenizer = try? Tokenizer(json: random.damaged(files[round % files.count]), file: "f") else { continue }
    accepted += 1
    _ = tokenizer.encode(bytes("ACGTNNACGTACGATCGACTAAAAAAACCCAGT"))
    _ = tokenizer.json()
  }
  #expect(accepted > 0, "seed \(seed)")
}
