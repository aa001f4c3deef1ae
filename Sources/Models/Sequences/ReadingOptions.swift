/// The reading of letters: the alphabet, whether gaps (`-` and `.`) and N at ends are dropped, and the largest number
/// of records.
package struct ReadingOptions: Hashable, Sendable {
  package var alphabet: Alphabet
  package var stripGaps: Bool
  /// Whether N at the end of a sequence of DNA are dropped.
  package var stripsTrailingN = false
  /// Reads only the first records; nil reads all.
  package var rows: Int?
  /// Whether a FASTA record's name is its whole header, not only the first word.
  package var wholeHeaders: Bool
  /// Whether lower-case letters, which are masked, stay lower-case.
  package var keepsCase = false
  package init(
    alphabet: Alphabet = .dna, stripGaps: Bool = false, rows: Int? = nil, wholeHeaders: Bool = false
  ) {
    self.alphabet = alphabet
    self.stripGaps = stripGaps
    self.rows = rows
    self.wholeHeaders = wholeHeaders
  }
}
