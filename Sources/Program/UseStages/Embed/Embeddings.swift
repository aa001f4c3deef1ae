package import Artifacts
import Inputs
package import Labelled

/// Features of sequences as `embed` writes them, or an own stage: found by the letters of a sequence, whatever its name
/// and place. f columns.
package struct Embeddings {
  /// f.
  package let columns: Int
  /// The network that made them; nil where the artifact does not say.
  package let model: EmbeddedBy?
  /// (n, f), row by row.
  private let values: [Float]
  /// By `SequenceName`: the row.
  private let rows: [String: Int]

  /// Reads a tree of `features.npy`, `names.tsv` and, where there is one, `model.json`. Throws `StageFailure`.
  package init(_ artifact: any InputArtifact) throws {
    guard try ["features.npy", "names.tsv"].allSatisfy(artifact.names.contains) else {
      throw Self.fault("there is no features.npy, or no names.tsv")
    }
    let (count, columns, values) = try Self.table(artifact.bytes("features.npy"))
    (self.columns, self.values) = (columns, values)
    rows = try Self.rows(artifact, count)
    model =
      try artifact.names.contains(EmbeddedBy.file)
      ? JSONArtifact.decode(EmbeddedBy.self, artifact.bytes(EmbeddedBy.file)) : nil
  }

  private static func fault(_ text: String) -> StageFailure {
    StageFailure(code: "bad-embeddings", "embeddings: \(text)")
  }

  /// The rows of sequences in tables of `names.tsv`, by name.
  private static func rows(_ artifact: any InputArtifact, _ count: Int) throws -> [String: Int] {
    var reader = DelimitedReader(file: "names.tsv", delimiter: 9)
    var lines: [[String]] = []
    let emit = { (row: DelimitedRow) in
      lines.append(row.fields.map { String(decoding: $0, as: UTF8.self) })
      return true
    }
    try artifact.forEachChunk("names.tsv") { chunk in
      reader.push(chunk, emit)
      return !reader.isDone
    }
    reader.finish(emit)
    let header = lines.first ?? []
    let places = ["row", "rows", "sequence"].map { header.firstIndex(of: $0) }
    guard let row = places[0], let number = places[1], let sequence = places[2] else {
      throw fault("names.tsv has not the columns row, rows and sequence; an older 'embed' did not write the last")
    }
    var rows: [String: Int] = [:]
    for (index, line) in lines.dropFirst().enumerated() {
      guard line.count == header.count, let first = Int(line[row]), first >= 0, first < count else {
        throw fault("names.tsv, line \(index + 2), names no row of features.npy")
      }
      guard line[number] == "1" else {
        throw fault("the rows are of tokens; a row for each sequence is what 'by: sequence' of 'embed' makes")
      }
      rows[line[sequence]] = first
    }
    return rows
  }

  /// The numbers of a table of little-endian 32-bit floats in NumPy's format, row by row.
  private static func table(_ bytes: [UInt8]) throws -> (rows: Int, columns: Int, values: [Float]) {
    let isWide = bytes.count > 6 && bytes[6] > 1
    let start = isWide ? 12 : 10
    guard bytes.count > start, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw fault("features.npy is no table of NumPy")
    }
    let length = (0..<(isWide ? 4 : 2)).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    guard bytes.count - start >= length else { throw fault("features.npy is cut short") }
    let header = String(decoding: bytes[start..<start + length], as: UTF8.self)
    guard let opening = header.lastIndex(of: "("), let closing = header.lastIndex(of: ")"), opening < closing,
      header.contains("'<f4'"), header.contains("'fortran_order': False")
    else { throw fault("features.npy is no table of 32-bit floats, row by row") }
    let shape = header[header.index(after: opening)..<closing].split(separator: ",")
      .compactMap { Int($0.filter { $0 != " " }) }
    guard shape.count == 2, shape[0] >= 0, shape[1] > 0, shape[0] <= bytes.count / 4 / shape[1],
      bytes.count - start - length == 4 * shape[0] * shape[1]
    else { throw fault("features.npy has not the numbers that its shape says") }
    let values = bytes.withUnsafeBytes { raw in
      (0..<shape[0] * shape[1]).map {
        Float(
          bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: start + length + 4 * $0, as: UInt32.self)))
      }
    }
    guard values.allSatisfy(\.isFinite) else { throw fault("features.npy has a number that is not finite") }
    return (shape[0], shape[1], values)
  }

  /// The rows of a record: that of a pair where there is one, else those of both sequences side by side.
  private func places(_ record: LabelledRecord) -> [Int]? {
    if record.second.isEmpty { return rows[SequenceName.of(record.sequence)].map { [$0] } }
    let pair = [record.sequence, record.second]
    if let row = rows[SequenceName.of(pair)] { return [row] }
    let both = pair.compactMap { rows[SequenceName.of($0)] }
    return both.count == 2 ? both : nil
  }

  /// The features of records of a task, row by row, and how many columns they have: f, or 2 f for pairs of which both
  /// sequences have rows of their own. Throws a `StageFailure` that counts those without an embedding.
  package func features(of splits: [[LabelledRecord]]) throws -> (columns: Int, splits: [[Float]]) {
    let found = splits.map { $0.map(places) }
    let missing = zip(splits, found).flatMap { records, places in
      zip(records, places).filter { $1 == nil }.map(\.0)
    }
    if let first = missing.first {
      let total = splits.reduce(0) { $0 + $1.count }
      throw StageFailure(
        code: "no-embedding",
        "\(missing.count) of \(total) rows of the task have no embedding, the first of them '\(first.name)': 'embed' "
          + "takes the task itself at its port 'sequences'")
    }
    let widths = Set(found.joined().map { $0!.count })
    guard widths.count <= 1 else {
      throw Self.fault("some pairs of the task have a row, others one for each sequence")
    }
    let tables = found.map { places in
      var table: [Float] = []
      table.reserveCapacity(places.count * columns * (widths.first ?? 1))
      for row in places { for place in row! { table += values[place * columns..<(place + 1) * columns] } }
      return table
    }
    return (columns * (widths.first ?? 1), tables)
  }
}
