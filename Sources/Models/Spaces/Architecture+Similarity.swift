import Blocks
import Glibc

extension Architecture {
  /// How alike two paths are, from 0 to 1: one less the cheapest way from one to the other, over the layers of the
  /// deeper one. Taking a layer out or in costs 1, and so does another module; of the same module with the same options
  /// another width costs a quarter for each doubling, at most 1.
  ///
  /// BioArc does not state its measure of structural similarity (arXiv 2512.00283); this one is an edit distance
  /// (Levenshtein 1966) of the layers that its space is made of.
  package func similarity(to other: Architecture) -> Double {
    var last = (0...other.layers.count).map(Double.init)
    for (i, own) in layers.enumerated() {
      var row = [Double(i + 1)]
      for (j, layer) in other.layers.enumerated() {
        row.append(min(row[j] + 1, last[j + 1] + 1, last[j] + Self.cost(own, layer)))
      }
      last = row
    }
    return 1 - last[other.layers.count] / Double(max(1, layers.count, other.layers.count))
  }

  private static func cost(_ a: Layer, _ b: Layer) -> Double {
    guard a.kind == b.kind, a.options == b.options else { return 1 }
    return min(1, abs(log2(Double(a.width) / Double(b.width))) / 4)
  }
}
