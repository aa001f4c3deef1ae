/// The beginning of a FASTA file: names, words of headers, and sequences.
struct FASTASample {
  /// Letters of a record that are looked at.
  static let mostLetters = 20_000

  let names: [String]
  /// By word from the second on that every header has: its number, and its texts.
  let words: [(number: Int, column: ColumnSample)]
  let sequences: ColumnSample

  init(_ bytes: ArraySlice<UInt8>, isWhole: Bool) {
    var headers: [[String]] = []
    var sequences: [[UInt8]] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let line = line.last == 13 ? line.dropLast() : line
      if line.first == UInt8(ascii: ">") {
        headers.append(
          String(decoding: line.dropFirst(), as: UTF8.self).split { $0 == " " || $0 == "\t" }.map(String.init))
        sequences.append([])
      } else if let last = sequences.indices.last, sequences[last].count < Self.mostLetters {
        sequences[last] += line.prefix(Self.mostLetters)
      }
    }
    // The last record may go on.
    if !isWhole, headers.count > 1 {
      headers.removeLast()
      sequences.removeLast()
    }
    names = headers.map { $0.first ?? "" }
    let width = headers.map(\.count).min() ?? 0
    words = width < 2 ? [] : (1..<width).map { place in (place + 1, ColumnSample(headers.map { $0[place] })) }
    self.sequences = ColumnSample(sequences.map { String(decoding: $0, as: UTF8.self) })
  }
}
