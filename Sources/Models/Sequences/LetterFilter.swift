/// Takes the letters of one record after the other: maps each to its stored form, and finds those that are illegal.
package struct LetterFilter {
  private let alphabet: Alphabet
  private let stripGaps: Bool
  private let storage: [UInt8]
  /// Whether this record had an illegal letter.
  package private(set) var failed = false
  private var stop: (line: Int, column: Int)?
  /// The place of a protein's `*` that was not its last letter.
  package private(set) var misplacedStop: (line: Int, column: Int)?

  package init(_ options: ReadingOptions) {
    alphabet = options.alphabet
    stripGaps = options.stripGaps
    storage = options.alphabet.storage(keepsCase: options.keepsCase)
  }

  /// Starts a record.
  package mutating func begin() {
    failed = false
    stop = nil
    misplacedStop = nil
  }

  /// Takes legal letters from `bytes[i...]` up to the first byte that is none, and returns its index.
  package func take(
    _ bytes: UnsafeRawBufferPointer, from start: Int, column: inout Int, into sequence: inout [UInt8]
  ) -> Int {
    if stop != nil { return start }
    var i = start
    storage.withUnsafeBufferPointer { storage in
      while i < bytes.count {
        let letter = storage[Int(bytes[i])]
        if letter == 0 { break }
        sequence.append(letter)
        i += 1
      }
    }
    column += i - start
    return i
  }

  /// Takes any byte of a sequence. Returns a finding about it, at most once per record.
  package mutating func accept(
    _ byte: UInt8, at place: (line: Int, column: Int), into sequence: inout [UInt8]
  ) -> (code: SequenceError.Code, message: String)? {
    let letter = storage[Int(byte)]
    if letter != 0 {
      if let stop, misplacedStop == nil, !failed {
        misplacedStop = stop
        failed = true
      }
      sequence.append(letter)
      return nil
    }
    if byte == 13 || byte == 32 || byte == 9 { return nil }
    let isGap = byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
    if stripGaps, isGap { return nil }
    if alphabet == .protein, byte == UInt8(ascii: "*"), stop == nil {
      stop = place
      return nil
    }
    defer { failed = true }
    return failed ? nil : (isGap ? .gap : .illegalLetter, illegalLetter(byte, alphabet))
  }
}
