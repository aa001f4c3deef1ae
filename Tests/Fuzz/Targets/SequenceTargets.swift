import Labelled
import Sequences

/// A FASTA file. The records do not depend on how the bytes are cut, and those that were read can be written and read.
struct FASTATarget: FuzzTarget {
  let name = "fasta"
  let words = [">", "\n>", "\r\n", "*", "-", ".", "N", "ACGT", "acgu", "MKL*", "\u{FEFF}", "\t", " ", "\u{7F}"]

  func check(_ bytes: [UInt8]) {
    for options in [
      ReadingOptions(), ReadingOptions(alphabet: .protein, stripGaps: true, wholeHeaders: true),
      ReadingOptions(rows: 2),
    ] {
      let whole = read(bytes, options, chunk: max(1, bytes.count))
      require(whole == read(bytes, options, chunk: bytes.count < 500 ? 1 : 97), "in chunks something else is read")
      _ = whole.findings.description
      let letters = Set(options.alphabet.letters)
      guard whole.findings.errorCount == 0 else { continue }
      var writer = FASTAWriter()
      for record in whole.records {
        require(record.sequence.allSatisfy(letters.contains), "an illegal letter in \(record.name)")
        writer.add(name: record.name, record.sequence)
      }
      var written: [UInt8] = []
      writer.drain { written += $0 }
      let again = read(written, options, chunk: max(1, written.count))
      require(again.records == whole.records && again.findings.errorCount == 0, "what was written reads otherwise")
    }
  }

  private struct Reading: Equatable {
    var records: [SequenceRecord] = []
    var findings = SequenceFindings()
  }

  private func read(_ bytes: [UInt8], _ options: ReadingOptions, chunk: Int) -> Reading {
    var reader = FASTAReader(file: "f", options: options)
    var reading = Reading()
    for start in stride(from: 0, to: bytes.count, by: chunk) where !reader.isDone {
      bytes[start..<min(bytes.count, start + chunk)].withUnsafeBytes { reader.push($0) { reading.records.append($0) } }
    }
    reader.finish { reading.records.append($0) }
    reading.findings = reader.findings
    return reading
  }
}

/// A table of sequences, read as CSV and TSV, with a header and without.
struct TableTarget: FuzzTarget {
  let name = "csv"
  let words = [
    "sequence", "label", "name", "split", "train", "dev", "test", "validation", "true", ",", "\t", "\"", "\"\"", "\n",
    "\r\n", "\",\"", "\"\n\"", "ACGT", "\u{FEFF}", "0", "1",
  ]

  private static let layouts: [TableOptions] = {
    var columns = TableOptions(labelColumn: "label", nameColumn: "name")
    columns.splitColumn = "split"
    columns.validationColumn = "validation"
    var tabs = TableOptions(delimiter: .tab, labelColumn: "label", reading: ReadingOptions(alphabet: .protein))
    tabs.secondColumn = "name"
    tabs.allowsEmptyLabels = true
    var numbers = TableOptions(sequenceColumn: "1", labelColumn: "2", reading: ReadingOptions(rows: 3))
    numbers.hasHeader = false
    var named = TableOptions(labelColumn: "label")
    named.named = ["a": [65], "b": [67]]
    return [TableOptions(), columns, tabs, numbers, named]
  }()

  func check(_ bytes: [UInt8]) {
    for layout in Self.layouts {
      let whole = read(bytes, layout, chunk: max(1, bytes.count))
      require(whole == read(bytes, layout, chunk: bytes.count < 500 ? 1 : 97), "in chunks something else is read")
      _ = whole.findings.description
      guard whole.findings.errorCount == 0 else { continue }
      let letters = Set(layout.reading.alphabet.letters)
      require(!whole.records.isEmpty, "neither a record nor a finding")
      for record in whole.records {
        require((record.record.sequence + record.second).allSatisfy(letters.contains), "an illegal letter")
      }
    }
  }

  private struct Reading: Equatable {
    var records: [TableRecord] = []
    var findings = SequenceFindings()
  }

  private func read(_ bytes: [UInt8], _ options: TableOptions, chunk: Int) -> Reading {
    var reader = TableReader(file: "t", options: options)
    var reading = Reading()
    for start in stride(from: 0, to: bytes.count, by: chunk) where !reader.isDone {
      bytes[start..<min(bytes.count, start + chunk)].withUnsafeBytes { reader.push($0) { reading.records.append($0) } }
    }
    reader.finish { reading.records.append($0) }
    reading.findings = reader.findings
    return reading
  }
}
