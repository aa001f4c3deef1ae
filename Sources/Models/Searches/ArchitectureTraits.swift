import Blocks
import Glibc
import Spaces

/// Architectures as rows of numbers: what a regression reads.
///
/// By module, the share of layers of the whole path and of each third of it; by pair of modules, 1 where the second
/// follows the first; by third, the mean log2 width; the number of layers.
struct ArchitectureTraits {
  private let modules: [String]
  private let pairs: [[String]]

  /// The columns of these architectures.
  init(of architectures: [Architecture]) {
    let texts = architectures.map(Self.modules)
    modules = Set(texts.joined()).sorted()
    pairs = Set(texts.flatMap { zip($0, $0.dropFirst()).map { [$0, $1] } })
      .sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The modules of the layers of a path, by text.
  static func modules(_ architecture: Architecture) -> [String] {
    architecture.layers.map { Module($0.kind, options: $0.options).text }
  }

  /// Numbers of a row.
  var count: Int { 4 * modules.count + pairs.count + 4 }

  func row(_ architecture: Architecture) -> [Float] {
    let own = Self.modules(architecture)
    let thirds = (0..<3).map { Patterns.part($0, of: own.count) }
    var row: [Float] = []
    for module in modules {
      for range in [own.indices] + thirds {
        row.append(Float(own[range].count { $0 == module }) / Float(range.count))
      }
    }
    let present = Set(zip(own, own.dropFirst()).map { [$0, $1] })
    row += pairs.map { present.contains($0) ? 1 : 0 }
    for range in thirds {
      row.append(architecture.layers[range].reduce(0) { $0 + log2(Float($1.width)) } / Float(range.count))
    }
    return row + [Float(own.count)]
  }
}
