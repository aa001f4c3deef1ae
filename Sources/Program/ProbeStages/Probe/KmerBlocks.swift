import Clustering
import LinearModels

/// Rows of k-mers as neighbours are found among them.
struct KmerBlocks: RowBlocks {
  private let table: KmerTable

  init(_ rows: KmerRows) { table = KmerTable(rows) }

  var count: Int { table.count }
  /// 1 where train has no k-mer at all: a row has some column.
  var columns: Int { max(1, table.columns) }

  func write(_ rows: Range<Int>, to place: UnsafeMutablePointer<Float>) {
    if table.columns == 0 { place.update(repeating: 0, count: rows.count) } else { table.write(rows, to: place) }
  }
}
