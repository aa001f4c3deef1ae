/// One finding about a data file: a fault, and its place. Lines and columns count from 1, columns in bytes.
package struct SequenceError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Stable words for programs.
  package enum Code: String, Sendable {
    case binary, empty, noHeader = "no-header", missingName = "missing-name", emptyRecord = "empty-record"
    case illegalLetter = "illegal-letter", duplicateName = "duplicate-name", missingColumn = "missing-column"
    case duplicateColumn = "duplicate-column", ragged, emptyField = "empty-field", quote, label
    case unseenLabel = "unseen-label", labelLength = "label-length"
    case unknownName = "unknown-name", split, filter, interval, tokenizer, tokens
    /// A file of another format, by its first bytes.
    case foreign
    /// Lines that end with a carriage return alone.
    case lineEnd = "line-end"
    /// A gap of an alignment, where gaps are not dropped.
    case gap
    /// N at the end of a sequence, where they are dropped.
    case trailing
  }
  package let code: Code
  package let file: String
  package let line: Int?
  package let column: Int?
  package let record: String?
  /// The option of the input that the finding is about, as `label`: the column that it names is not there.
  package let option: String?
  package let message: String

  package init(
    _ code: Code, file: String, line: Int? = nil, column: Int? = nil, record: String? = nil, option: String? = nil,
    _ message: String
  ) {
    self.code = code
    self.file = file
    self.line = line
    self.column = column
    self.record = record
    self.option = option
    self.message = message
  }

  /// `file:line:column: record `name`: message`, without the parts that are not known.
  package var description: String {
    var text = file
    if let line { text += ":\(line)" }
    if let column { text += ":\(column)" }
    if let record { text += ": record `\(record)`" }
    return text + ": " + message
  }
}

/// A byte as it is shown in a message: the character, or its value when it has none.
package func shown(_ byte: UInt8) -> String {
  byte > 32 && byte < 127
    ? "`\(Character(UnicodeScalar(byte)))`" : "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
}

/// The fault of a byte that is no letter of `alphabet`, and what may be meant.
package func illegalLetter(_ byte: UInt8, _ alphabet: Alphabet) -> String {
  var text = "\(shown(byte)) is no \(alphabet.noun)"
  switch byte {
  case UInt8(ascii: "-"), UInt8(ascii: "."):
    text += "; is this an alignment? Then state options: { gaps: strip }, which drops its gaps"
  case UInt8(ascii: "*"): if alphabet == .protein { text += " here: a stop may only be the last letter" }
  default: if alphabet == .dna, Alphabet.protein.storage[Int(byte)] != 0 { text += "; is this a protein?" }
  }
  return text
}

/// The finding about a file whose lines end as those of old Macs.
package let oldLineEnds =
  "lines end with a carriage return alone (old Mac); convert them (tr '\\r' '\\n' < FILE > NEW)"

/// Whether a byte can be no part of a text file: a control character other than tab, line feed and carriage return.
@inlinable package func isBinary(_ byte: UInt8) -> Bool {
  (byte < 32 && byte != 9 && byte != 10 && byte != 13) || byte == 127
}
