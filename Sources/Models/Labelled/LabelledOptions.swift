package import Sequences

/// The layout of labelled sequences: the columns of a table or words of a FASTA header, and their meanings.
package struct LabelledOptions: Hashable, Sendable {
  /// The format of a file of rows.
  package enum Layout: String, Sendable { case csv, tsv, fasta, text }
  /// The fate of rows of dev and test whose class no row of train has: an error, left out, or kept, to be counted as
  /// wrong.
  package enum Unseen: String, Sendable, CaseIterable { case refuse, drop, keep }
  package var layout = Layout.csv
  package var labels = LabelKind.class
  /// Whether labels that are numbers are names of classes.
  package var labelsAreNames = false
  /// Columns by name or number, words of a header by number, from 1.
  package var sequence = "sequence"
  package var second: String?
  package var label = "label"
  package var name: String?
  package var split: String?
  /// A column that is true for rows of train that are dev.
  package var validation: String?
  /// Other names of splits.
  package var splitNames: [String: SplitName] = [:]
  /// The column of groups: rows of one group are in one part where the program makes the splits.
  package var group: String?
  /// The group of the other sequence of a pair.
  package var secondGroup: String?
  /// Whether the shares hold in every class where the program makes the splits.
  package var isStratified = false
  /// Parts of equal size, of which the one numbered `fold`, from 1, is test, the next dev, and the others are train.
  package var folds: Int?
  package var fold = 1
  /// Classes of fewer rows are left out.
  package var minimumRows = 1
  package var unseen = Unseen.refuse
  /// Whether rows without a label, or with names that no sequence has, are left out; else they are errors.
  package var dropsIncompleteRows = false
  package var hasHeader = true
  package var isHeaderStated = false
  /// The byte between columns, where it is not that of the layout.
  package var delimiter: UInt8?
  /// Whether a record of text is a line, and not a whole file.
  package var isLineRecord = false
  /// Text between the pieces of a label.
  package var separator: String?
  /// The piece of a label that counts, from 1, or from the last by -1; nil: all of it.
  package var piece: Int?
  /// Labels, their pieces, or letters of labels, that do not count.
  package var ignored: [String] = []
  /// Shares of train, dev and test where the program makes the splits.
  package var shares = [80, 10, 10]
  package var reading = ReadingOptions()
  /// The rows of tables that are read; nil: all.
  package var filter: RowFilter?
  /// Whether fields of tables may be quoted.
  package var hasQuotes = true
  package var repeats = Repeats.keep

  package init() {}

  var columnDelimiter: TableOptions.Delimiter {
    delimiter.map { TableOptions.Delimiter(byte: $0) } ?? (layout == .tsv ? .tab : .comma)
  }

  func table(named: [String: [UInt8]]?) -> TableOptions {
    var options = TableOptions(
      delimiter: columnDelimiter, sequenceColumn: sequence, labelColumn: label, nameColumn: name, reading: reading)
    options.secondColumn = second
    options.splitColumn = split
    options.validationColumn = validation
    options.groupColumn = group
    options.secondGroupColumn = secondGroup
    options.hasHeader = hasHeader
    options.isHeaderStated = isHeaderStated
    options.allowsIncompleteRows = dropsIncompleteRows
    options.filter = filter
    options.hasQuotes = hasQuotes
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
