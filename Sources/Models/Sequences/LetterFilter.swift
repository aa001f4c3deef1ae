/// Takes the letters of one record after the other: maps each to its stored form, and finds those that are illegal.
package struct LetterFilter {
  private let alphabet: Alphabet
  private let stripGaps: Bool
  private let stripsTrailingN: Bool
  /// Letters that options say are dropped: gaps, and N at ends.
  private var gaps = FoundLetters()
  /// Letters of an alignment that are not known.
  private var missing = FoundLetters()
  private let unknown: UInt8
  private var trailing = FoundLetters()
  private let storage: [UInt8]
  /// Whether this record had an illegal letter.
  package private(set) var failed = false
  private var stop: (line: Int, column: Int)?
  /// The place of a protein's `*` that was not its last letter.
  package private(set) var misplacedStop: (line: Int, column: Int)?

  package init(_ options: ReadingOptions) {
    alphabet = options.alphabet
    stripGaps = options.stripGaps
    unknown = options.alphabet.unknown
    stripsTrailingN = options.stripsTrailingN && options.alphabet == .dna
    storage = options.alphabet.storage(keepsCase: options.keepsCase)
  }

  /// Starts a record.
  package mutating func begin() {
    failed = false
    stop = nil
    misplacedStop = nil
  }

  /// Ends a record: drops what is not wanted at its end.
  package mutating func end(_ sequence: inout [UInt8]) {
    if stripsTrailingN {
      while let last = sequence.last, last & 0xDF == UInt8(ascii: "N") {
        sequence.removeLast()
        trailing.add()
      }
    }
    gaps.endRecord()
    missing.endRecord()
    trailing.endRecord()
  }

  /// Warnings about the letters of a file that were dropped or read as unknown, with their number.
  package func tell(of file: String, in findings: inout SequenceFindings) {
    for (code, letters, what) in [
      (SequenceError.Code.gap, gaps, "gaps of an alignment that are dropped"),
      (.gap, missing, "`?` of an alignment that are read as \(Character(UnicodeScalar(unknown)))"),
      (.trailing, trailing, "N at ends that are dropped"),
    ] where letters.count > 0 {
      findings.warn(
        SequenceError(code, file: file, "\(what): \(letters.count), in \(letters.records) sequences"))
    }
  }

  /// Letters of a sort, and the records that had some.
  private struct FoundLetters {
    private(set) var count = 0
    private(set) var records = 0
    private var isInRecord = false

    mutating func add() {
      count += 1
      isInRecord = true
    }

    mutating func endRecord() {
      records += isInRecord ? 1 : 0
      isInRecord = false
    }
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
    if stripGaps, byte == UInt8(ascii: "?") {
      missing.add()
      sequence.append(unknown)
      return nil
    }
    if stripGaps, isGap {
      gaps.add()
      return nil
    }
    if alphabet == .protein, byte == UInt8(ascii: "*"), stop == nil {
      stop = place
      return nil
    }
    defer { failed = true }
    return failed ? nil : (isGap ? .gap : .illegalLetter, illegalLetter(byte, alphabet))
  }
}
