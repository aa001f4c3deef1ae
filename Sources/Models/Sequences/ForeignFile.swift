/// Files that are neither FASTA nor tables, as their first bytes tell.
package enum ForeignFile {
  /// The kind of a file that a reader of text cannot read, with advice; nil when it may be text.
  package static func bytes(_ first: [UInt8]) -> String? {
    let known: [(magic: [UInt8], text: String)] = [
      ([0x1F, 0x8B], "data compressed by gzip inside what was unpacked; unpack it once more (gunzip)"),
      ([0x28, 0xB5, 0x2F, 0xFD], "data compressed by zstd inside what was unpacked; unpack it once more (unzstd)"),
      (Array("BZh".utf8), "a file compressed by bzip2; unpack it (bunzip2), or pack it with gzip or zstd"),
      ([0xFD] + Array("7zXZ".utf8), "a file compressed by xz; unpack it (unxz), or pack it with gzip or zstd"),
      (Array("7z".utf8) + [0xBC, 0xAF], "a 7z archive; unpack it (7z x)"),
      (
        Array("PK".utf8) + [3, 4],
        "a zip archive (Excel's .xlsx is one, too); state options: { member: NAME }, or save a sheet as CSV"
      ),
      ([0xD0, 0xCF, 0x11, 0xE0], "an old Excel or Word file; save the sheet as CSV"),
      ([0x89] + Array("HDF".utf8), "an HDF5 file; write its sequences as FASTA or as a table"),
      ([0xFF, 0xFE], "text in UTF-16; convert it (iconv -f UTF-16 -t UTF-8)"),
      ([0xFE, 0xFF], "text in UTF-16; convert it (iconv -f UTF-16 -t UTF-8)"),
    ]
    return known.first { first.starts(with: $0.magic) }.map { "this is \($0.text)" }
  }

  /// The kind of a file of text that is no data: a page or a pointer in its place.
  package static func page(_ first: [UInt8]) -> String? {
    let text = start(first)
    let lower = text.lowercased()
    if lower.hasPrefix("<!doctype") || lower.hasPrefix("<html") {
      return "this is a web page in place of the data; look into it: downloads that need a login give such a file"
        + quoted(first)
    }
    if text.hasPrefix("version https://git-lfs") {
      return "this is a pointer of git-lfs in place of the data; fetch it (git lfs pull)" + quoted(first)
    }
    return nil
  }

  /// The kind of a file of text that was to be FASTA, with advice; nil when it may be FASTA.
  static func fasta(_ first: [UInt8]) -> String? {
    let text = start(first)
    let known: [(lead: String, text: String)] = [
      ("@HD\t", "a SAM file; write its sequences as FASTA (samtools fasta)"),
      ("@SQ\t", "a SAM file; write its sequences as FASTA (samtools fasta)"),
      ("@", "FASTQ; convert it to FASTA (seqtk seq -A, or seqkit fq2fa)"),
      ("LOCUS ", "a GenBank file; convert it to FASTA (seqret, or Biopython's SeqIO.convert)"),
      ("ID   ", "an EMBL or UniProt file; convert it to FASTA (seqret, or Biopython's SeqIO.convert)"),
      (";", "FASTA with comments, which are not read; remove the lines that begin with `;` (grep -v '^;')"),
      ("#NEXUS", "a NEXUS alignment; convert it to FASTA"),
      ("# STOCKHOLM", "a Stockholm alignment; convert it to FASTA (esl-reformat fasta)"),
      ("CLUSTAL", "a Clustal alignment; convert it to FASTA"),
      ("##gff", "a GFF of features; its FASTA is a file of its own"),
      ("<?xml", "XML; convert it to FASTA"),
    ]
    return known.first { text.hasPrefix($0.lead) }.map { "this looks like \($0.text)" + quoted(first) }
  }

  /// The separator that the first line of a table states, as Excel writes it, `sep=;`, and the length
  /// of that line in bytes.
  package static func separator(_ first: [UInt8]) -> (byte: UInt8, line: Int)? {
    guard first.starts(with: "sep=".utf8), let byte = first.dropFirst(4).first, byte < 128 else { return nil }
    let end = first.dropFirst(5)
    let breaks = end.starts(with: [13, 10]) ? 2 : end.first == 10 ? 1 : 0
    return breaks > 0 ? (byte, end.startIndex + breaks) : nil
  }

  /// The first line as text, without the spaces before it.
  private static func start(_ first: [UInt8]) -> String {
    String(decoding: first.drop { $0 == 32 || (9...13).contains($0) }.prefix(80), as: UTF8.self)
  }

  /// The first line, as the end of a message.
  private static func quoted(_ first: [UInt8]) -> String {
    let line = start(first).prefix { !$0.isNewline }
    return ". Its first line: `" + line.prefix(60) + (line.count > 60 ? "..." : "") + "`"
  }
}
