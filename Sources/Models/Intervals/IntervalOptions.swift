/// The lines of a file of intervals that are read, and the source of their labels.
package struct IntervalOptions: Hashable, Sendable {
  /// The format of the file.
  package enum Layout: String, Sendable { case bed, gff }
  package var layout: Layout
  /// Features of GFF that are read, as `CDS`; empty: all.
  package var types: Set<String> = []
  /// The column of labels: `name`, `score`, `strand`, for GFF `type`, a number from 1, or an attribute of GFF.
  package var label: String?

  package init(layout: Layout, types: Set<String> = [], label: String? = nil) {
    self.layout = layout
    self.types = types
    self.label = label
  }
}
