/// How labelled sequences are laid out: which columns of a table or words of a FASTA header say what.
package struct LabelledOptions: Hashable, Sendable {
  package enum Layout: String, Sendable { case csv, tsv, fasta }
  package var layout = Layout.csv
  package var labels = LabelKind.class
  /// Columns by name or number, words of a header by number, from 1.
  package var sequence = "sequence"
  package var second: String?
  package var label = "label"
  package var name: String?
  package var split: String?
  /// A column that is true for rows of train that are dev.
  package var validation: String?
  package var hasHeader = true
  /// What parts the pieces of a label.
  package var separator: String?
  /// The piece of a label that counts, from 1, or from the last by -1; nil: all of it.
  package var piece: Int?
  /// Labels, their pieces, or letters of labels, that do not count.
  package var ignored: [String] = []
  /// Shares of train, dev and test where the program makes the splits.
  package var shares = [80, 10, 10]
  package var reading = ReadingOptions()

  package init() {}

  func table(named: [String: [UInt8]]?) -> TableOptions {
    var options = TableOptions(
      delimiter: layout == .tsv ? .tab : .comma, sequenceColumn: sequence, labelColumn: label, nameColumn: name,
      reading: reading)
    options.secondColumn = second
    options.splitColumn = split
    options.validationColumn = validation
    options.hasHeader = hasHeader
    options.allowsEmptyLabels = labels == .set
    options.named = named
    return options
  }

  /// The label's piece that counts, nil where the label does not have it.
  func piece(of text: String) -> String? {
    guard let piece else { return text }
    let pieces = text.split(separator: separator ?? ";", omittingEmptySubsequences: false)
    let place = piece > 0 ? piece - 1 : pieces.count + piece
    return pieces.indices.contains(place) ? String(pieces[place]) : nil
  }
}
