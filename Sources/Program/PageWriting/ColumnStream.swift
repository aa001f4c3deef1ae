import Artifacts
import Compression
import JSON
import Web
import Wording

/// The rows of a page as one stream that its script reads.
///
/// | part | bytes |
/// |---|---|
/// | length of the head | 4, least first |
/// | head | JSON: `words`, lists of texts; `tables`, each with `id`, `rows` and `columns` |
/// | columns | one after the other, in the order of the head |
///
/// A column is a number for each row as varints, seven bits a byte, least first: 0 where there is none, else 1 more
/// than the number with its sign in the lowest bit (zigzag). With `delta` a number is the difference to the one
/// before it that there is. A column of text has places in a list of words. The whole is deflated, then
/// written as base64.
package struct ColumnStream {
  private var words: [[String]] = []
  private var places: [[String]: Int] = [:]
  private var tables: [JSON] = []
  private var bytes: [UInt8] = []

  package init() {}

  /// The number of tables so far.
  package var count: Int { tables.count }

  package mutating func add(_ table: RowTable) {
    let columns = table.columns.map { column -> JSON in
      var members: [(key: String, value: JSON)] = [("title", .string(column.title))]
      let numbers: [Int?]
      switch column.values {
      case .words(let texts, let indices):
        numbers = indices
        members.append(("words", .int(place(of: texts))))
      case .numbers(let given, let digits):
        numbers = given
        members.append(("digits", .int(digits)))
      }
      let (plain, delta) = (Self.encoded(numbers, isDelta: false), Self.encoded(numbers, isDelta: true))
      let isDelta = delta.count < plain.count
      bytes += isDelta ? delta : plain
      members.append(("delta", .bool(isDelta)))
      return .object(members)
    }
    tables.append(
      .object([("id", .string(table.id)), ("rows", .int(table.count)), ("columns", .array(columns))]))
  }

  private mutating func place(of texts: [String]) -> Int {
    if let place = places[texts] { return place }
    places[texts] = words.count
    words.append(texts)
    return words.count - 1
  }

  /// The bytes before they are compressed.
  package var plain: [UInt8] {
    let head = JSON.object([
      ("words", .array(words.map { .array($0.map { .string(Markup.plain($0)) }) })), ("tables", .array(tables)),
    ]).bytes(.line)
    return (0..<4).map { UInt8(truncatingIfNeeded: head.count >> (8 * $0)) } + head + bytes
  }

  /// The text that stands in the page.
  package var text: String { Base64.encoded(deflated(plain)) }

  /// The varints of numbers.
  static func encoded(_ numbers: [Int?], isDelta: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(2 * numbers.count)
    var last = 0
    for number in numbers {
      guard let number else {
        bytes.append(0)
        continue
      }
      let value = isDelta ? number &- last : number
      last = number
      var rest = UInt(bitPattern: (value << 1) ^ (value >> (Int.bitWidth - 1))) &+ 1
      while rest >= 0x80 {
        bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
        rest >>= 7
      }
      bytes.append(UInt8(rest))
    }
    return bytes
  }

  /// Reads what `encoded` wrote: so many numbers.
  package static func decoded(_ bytes: [UInt8], count: Int, isDelta: Bool) -> [Int?] {
    var (place, last) = (0, 0)
    return (0..<count).map { _ in
      var (value, shift) = (UInt(0), 0)
      while place < bytes.count {
        let byte = bytes[place]
        place += 1
        value |= UInt(byte & 0x7F) << shift
        shift += 7
        if byte < 0x80 { break }
      }
      guard value > 0 else { return nil }
      let zigzag = Int(bitPattern: (value - 1) >> 1) ^ -Int(bitPattern: (value - 1) & 1)
      last = isDelta ? last &+ zigzag : zigzag
      return last
    }
  }
}
