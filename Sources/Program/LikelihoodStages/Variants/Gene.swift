import Sequences

/// A coding sequence on a record.
struct Gene: Hashable, Sendable {
  let name: String
  let record: String
  /// On the forward strand.
  let range: Range<Int>
  let isReverse: Bool

  /// Its letters along its strand.
  func letters(of record: [UInt8]) -> [UInt8] {
    let letters = Array(record[range])
    return isReverse ? Complement.reversed(letters) : letters
  }
}
