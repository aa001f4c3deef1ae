import Artifacts
import Compression
import Foundation
import JSON
import TestSupport
import Testing
import Wording

@testable import PageWriting
@testable import Pages

/// The rows of a page on their way to its script.
@Suite struct ColumnTests {
  @Test func `numbers come back from a column`() {
    var random = RandomNumbers(seed: 7)
    let ends = [0, 1, -1, 63, 64, -64, -65, 8191, 8192, 1 << 31, -(1 << 40), 1 << 52]
    for isDelta in [false, true] {
      for size in [0, 1, 2, 7, 1000] {
        let numbers = (0..<size).map { place -> Int? in
          place % 5 == 4 ? nil : place < ends.count ? ends[place] : Int.random(in: -100_000...100_000, using: &random)
        }
        let bytes = ColumnStream.encoded(numbers, isDelta: isDelta)
        #expect(ColumnStream.decoded(bytes, count: size, isDelta: isDelta) == numbers)
      }
    }
  }

  @Test func `a cell is as its number is written elsewhere`() {
    var random = RandomNumbers(seed: 3)
    for digits in 0...4 {
      let numbers = (0..<500).map { _ in Double.random(in: -20...20, using: &random) } + [0, -0.0004, 0.0005, 12_345.6]
      let column = RowTable.Column("x", numbers.map(Optional.some) + [nil, .nan], digits: digits)
      for (row, number) in numbers.enumerated() {
        let words = digits == 0 ? Words.grouped(Int(number.rounded())) : Words.fixed(number, digits)
        #expect(column.text(row) == words, "\(number)")
      }
      #expect(column.text(numbers.count) == "-" && column.text(numbers.count + 1) == "-")
    }
  }

  /// Reads a stream as the page's script does.
  static func read(_ plain: [UInt8]) throws -> [String: [[String]]] {
    let size = (0..<4).reduce(0) { $0 | Int(plain[$1]) << (8 * $1) }
    let head = try JSON(parsing: Array(plain[4..<4 + size]))
    let words = (head["words"]?.array ?? []).map { ($0.array ?? []).compactMap(\.string) }
    var rest = plain[(4 + size)...]
    var tables: [String: [[String]]] = [:]
    for table in head["tables"]?.array ?? [] {
      let count = try #require(table["rows"]?.int)
      var rows = [[String]](repeating: [], count: count)
      for column in table["columns"]?.array ?? [] {
        let isDelta = try #require(column["delta"]?.bool as Bool?)
        let numbers = ColumnStream.decoded(Array(rest), count: count, isDelta: isDelta)
        rest = rest.dropFirst(ColumnStream.encoded(numbers, isDelta: isDelta).count)
        for (row, number) in numbers.enumerated() {
          if let list = column["words"]?.int {
            rows[row].append(words[list][try #require(number)])
          } else {
            let digits = try #require(column["digits"]?.int)
            let unit = (0..<digits).reduce(1.0) { unit, _ in unit * 10 }
            rows[row].append(number.map { Words.fixed(Double($0) / unit, digits) } ?? "-")
          }
        }
      }
      tables[try #require(table["id"]?.string)] = rows
    }
    #expect(rest.isEmpty)
    return tables
  }

  @Test func `tables come back from a stream, and share lists of words`() throws {
    let ids = ["a", "b", "a", "c"]
    let first = RowTable(
      "first", "First", [RowTable.Column("id", ids), RowTable.Column("x", [0.5, -1.25, nil, 3], digits: 2)])
    let second = RowTable(
      "second", "Second", [RowTable.Column("name", ids), RowTable.Column("y", [1, 2, 3, 4], digits: 1)])
    var stream = ColumnStream()
    stream.add(first)
    stream.add(second)
    let tables = try Self.read(stream.plain)
    for table in [first, second] {
      let rows = (0..<table.count).map { row in table.columns.map { $0.text(row) } }
      #expect(tables[table.id] == rows)
    }
    #expect(String(decoding: stream.plain, as: UTF8.self).components(separatedBy: "\"a\",\"b\"").count == 2)
    let packed = try #require(Data(base64Encoded: stream.text))
    let decoder = GzipDecoder(over: MemoryReader(Array(packed)[...]), isRaw: true)
    #expect(try decoder.allBytes() == stream.plain)
  }
}
