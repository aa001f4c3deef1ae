import Artifacts
import Labelled
import Sequences

/// Columns of a table with a header, as text, by row.
struct ColumnTable {
  private(set) var rows: [[String]] = []

  /// Reads columns of an artifact of one file, with commas or tabs. Throws a `StageFailure` for a column that is not
  /// there, and for rows of other lengths.
  init(_ artifact: any InputArtifact, port: String, columns: [String]) throws {
    let bytes = try artifact.bytes(try artifact.names.first ?? "")
    let line = bytes.prefix { $0 != 10 }
    let comma = !line.contains(9) && line.contains(UInt8(ascii: ","))
    var reader = DelimitedReader(file: port, delimiter: comma ? UInt8(ascii: ",") : 9)
    var places: [Int]?
    var (width, failure): (Int, StageFailure?) = (0, nil)
    var rows: [[String]] = []
    func take(_ row: DelimitedRow) -> Bool {
      let fields = row.fields.map { String(decoding: $0, as: UTF8.self) }
      guard let known = places else {
        let found = columns.map { column in fields.firstIndex { trimmed($0) == column } }
        if let missing = zip(columns, found).first(where: { $1 == nil })?.0 {
          let list = fields.prefix(20).map { "`\($0)`" }.joined(separator: ", ")
          failure = StageFailure(
            code: "no-column", "'\(port)' has no column `\(missing)`; its header has \(list)")
          return false
        }
        (places, width) = (found.compactMap(\.self), fields.count)
        return true
      }
      guard fields.count == width else {
        failure = StageFailure(
          code: "bad-data",
          "\(port), line \(row.places[0].line): the row has \(fields.count) fields, the header has \(width)")
        return false
      }
      rows.append(known.map { fields[$0] })
      return true
    }
    bytes.withUnsafeBytes { reader.push($0, take) }
    reader.finish(take)
    if let failure { throw failure }
    do { try reader.findings.check() } catch { throw StageFailure(code: "bad-data", "\(error)") }
    self.rows = rows
  }
}
