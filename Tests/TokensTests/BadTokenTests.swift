import TestSupport
import Testing
import Tokens

/// Every file of `Goldens/bad` is refused with the message in the file `.expected` beside it.
@Test func `bad token files give their messages`() throws {
  let goldens = GoldenFolder()
  #expect(try goldens.bad.count >= 9)
  for name in try goldens.bad {
    let difference = try goldens.difference(bad: name) {
      try goldens.bad(name).withUnsafeBytes { _ = try TokenArray($0, file: name) }
    }
    #expect(difference == nil)
  }
}

/// No bytes crash the reader: every array is read, or gives an error.
@Test func `damaged token arrays never crash the reader`() throws {
  var random = RandomNumbers(seed: seed)
  let files = [array([[5, 6, 7], [], [8]], vocabulary: 9), array([[5, 6, 70_001], [8]], vocabulary: 70_005)]
  var accepted = 0
  for round in 0..<1_000 {
    random.damaged(files[round % files.count]).withUnsafeBytes { bytes in
      guard let tokens = try? TokenArray(bytes, file: "f") else { return }
      accepted += 1
      for index in 0..<tokens.count { _ = tokens.tokens(index) }
    }
  }
  #expect(accepted > 0, "seed \(seed)")
}
