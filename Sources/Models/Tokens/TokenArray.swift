package import Sequences

/// The token ids of many sequences, read from the bytes of a `tokens` artifact without copying them.
///
/// The format, all integers little-endian:
///
/// | Part | Bytes |
/// |---|---|
/// | magic `bioarctk` | 8 |
/// | version, 1 | 4 |
/// | bytes of an id, 2 or 4 | 4 |
/// | vocabulary size | 8 |
/// | the ids of all sequences, one after the other, as unsigned integers | ids * width |
/// | zeros up to a multiple of 8 | 0 ... 7 |
/// | offsets, from 0, in ids: one for each sequence's start, and one for the end of the last | 8 * (count + 1) |
/// | count of sequences, count of ids, magic `bioarctk` | 24 |
///
/// The counts come last, so that a writer need not know them before. An id has 2 bytes when the vocabulary has at most
/// 65,536.
package struct TokenArray: @unchecked Sendable {
  // `@unchecked`: the bytes are only read, and the maker of the value keeps them in place as long as it is used.
  static let magic = Array("bioarctk".utf8)
  static let version: UInt32 = 1
  static let headerSize = 24
  static let footerSize = 24

  private let bytes: UnsafeRawBufferPointer
  private let width: Int
  private let offsetsStart: Int
  package let vocabularySize: Int
  /// The number of sequences.
  package let count: Int
  /// Ids of all sequences together.
  package let total: Int

  /// An array over bytes that stay in place as long as it is used. Checks all of them: sizes, order of offsets, and
  /// that each id is below the vocabulary size. Throws `SequenceError` when something is wrong.
  package init(_ bytes: UnsafeRawBufferPointer, file: String) throws(SequenceError) {
    let fail = { (message: String) in SequenceError(.tokens, file: file, message) }
    guard bytes.count >= Self.headerSize + 8 + Self.footerSize, bytes.prefix(8).elementsEqual(Self.magic) else {
      throw fail("this is no token array")
    }
    let version = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
    guard version == Self.version else { throw fail("token array of version \(version); this program reads 1") }
    let width = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 12, as: UInt32.self)))
    guard width == 2 || width == 4 else { throw fail("ids of \(width) bytes; 2 or 4 are possible") }
    let footer = bytes.count - Self.footerSize
    guard bytes.suffix(8).elementsEqual(Self.magic) else { throw fail("the end is missing: it was cut off") }
    guard let size = Self.integer(bytes, 16), let count = Self.integer(bytes, footer),
      let total = Self.integer(bytes, footer + 8), size < 1 << 31, count < 1 << 48, total < 1 << 48,
      Self.offsetsStart(total, width) + 8 * (count + 1) == footer
    else { throw fail("the size of the file does not fit its counts") }
    self.bytes = bytes
    self.width = width
    self.count = count
    self.total = total
    vocabularySize = size
    offsetsStart = Self.offsetsStart(total, width)
    guard offset(0) == 0, offset(count) == total, (0..<count).allSatisfy({ offset($0) <= offset($0 + 1) }) else {
      throw fail("the offsets are not ascending")
    }
    for index in 0..<total where id(index) >= size { throw fail("id \(id(index)) in a vocabulary of \(size)") }
  }

  static func offsetsStart(_ total: Int, _ width: Int) -> Int { (headerSize + total * width + 7) & ~7 }

  private static func integer(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Int? {
    Int(exactly: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
  }

  @inline(__always) private func offset(_ index: Int) -> Int {
    // Two's complement, so that no bit pattern traps before it was checked.
    let place = offsetsStart + 8 * index
    return Int(truncatingIfNeeded: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
  }

  @inline(__always) private func id(_ index: Int) -> Int {
    let place = Self.headerSize + index * width
    return width == 2
      ? Int(UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt16.self)))
      : Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
  }

  /// Tokens of sequence `index`.
  package func length(_ index: Int) -> Int {
    precondition(index >= 0 && index < count, "sequence \(index) of \(count)")
    return offset(index + 1) - offset(index)
  }

  /// Copies tokens `start ..< start + ids.count` of sequence `index` to `ids`.
  package func copy(_ index: Int, from start: Int, into ids: UnsafeMutableBufferPointer<Int32>) {
    precondition(start >= 0 && start + ids.count <= length(index), "tokens \(start) + \(ids.count) of \(length(index))")
    let base = offset(index) + start
    for i in 0..<ids.count { ids[i] = Int32(truncatingIfNeeded: id(base + i)) }
  }

  /// The first place of sequence `index`, from `start`, whose token is of known letters.
  package func known(_ index: Int, from start: Int, of letters: TokenLetters) -> Int? {
    let base = offset(index)
    return (min(start, length(index))..<length(index)).first { letters.isKnown(Int32(id(base + $0))) }
  }

  /// The number of times that a token occurs in all sequences together.
  package func occurrences(of token: Int32) -> Int { (0..<total).count { id($0) == Int(token) } }

  /// The tokens of sequence `index`.
  package func tokens(_ index: Int) -> [Int32] {
    let length = length(index)
    return [Int32](unsafeUninitializedCapacity: length) { buffer, count in
      copy(index, from: 0, into: UnsafeMutableBufferPointer(rebasing: buffer[..<length]))
      count = length
    }
  }
}

/// Writes a token array sequence by sequence; the bytes are drained as they come.
package struct TokenArrayWriter {
  private let width: Int
  private let vocabularySize: Int
  private var offsets: [UInt64] = [0]
  /// Ids so far.
  private var total: UInt64 = 0
  private var buffer: [UInt8] = []

  /// A writer for ids below `vocabularySize`.
  package init(vocabularySize: Int) {
    precondition(vocabularySize > 0 && vocabularySize < 1 << 31, "a vocabulary of \(vocabularySize)")
    self.vocabularySize = vocabularySize
    width = vocabularySize <= 1 << 16 ? 2 : 4
    buffer += TokenArray.magic
    put(UInt64(TokenArray.version), 4)
    put(UInt64(width), 4)
    put(UInt64(vocabularySize), 8)
  }

  /// Bytes that are ready to be written.
  package var pending: Int { buffer.count }

  private mutating func put(_ value: UInt64, _ size: Int) {
    for i in 0..<size { buffer.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
  }

  /// Adds a sequence. Requires ids of the vocabulary.
  package mutating func add(_ ids: ArraySlice<Int32>) {
    append(ids)
    endSequence()
  }

  /// Adds ids to the sequence in hand. Requires ids of the vocabulary.
  package mutating func append(_ ids: ArraySlice<Int32>) {
    for id in ids {
      precondition(id >= 0 && id < vocabularySize, "id \(id) in a vocabulary of \(vocabularySize)")
      buffer.append(UInt8(truncatingIfNeeded: id))
      buffer.append(UInt8(truncatingIfNeeded: id >> 8))
      if width == 4 {
        buffer.append(UInt8(truncatingIfNeeded: id >> 16))
        buffer.append(UInt8(truncatingIfNeeded: id >> 24))
      }
    }
    total += UInt64(ids.count)
  }

  /// Ends the sequence in hand.
  package mutating func endSequence() { offsets.append(total) }

  /// Ends the array; the last `drain` follows.
  package mutating func finish() {
    let end = TokenArray.headerSize + Int(offsets[offsets.count - 1]) * width
    buffer += repeatElement(0, count: (8 - end % 8) % 8)
    for offset in offsets { put(offset, 8) }
    put(UInt64(offsets.count - 1), 8)
    put(offsets[offsets.count - 1], 8)
    buffer += TokenArray.magic
  }

  /// Gives the bytes that are ready to `write` and forgets them.
  package mutating func drain(_ write: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    try buffer.withUnsafeBytes { if !$0.isEmpty { try write($0) } }
    buffer.removeAll(keepingCapacity: true)
  }
}
