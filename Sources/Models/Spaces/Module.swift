package import Blocks

/// A kind of block with options, at any width: one choice for a position of a search space. Its text is `cnn`, or
/// `cnn(dilation=4)`.
package struct Module: Hashable, Sendable {
  package let kind: BlockKind
  /// Stated options, by name.
  package let options: [String: Int]

  package init(_ kind: BlockKind, options: [String: Int] = [:]) {
    self.kind = kind
    self.options = options
  }

  /// The module of a text; the letter of a kind stands for its name. Throws the first finding.
  package init(parsing text: String) throws(ArchitectureFinding) {
    var parser = ArchitectureParser(text)
    self = try parser.module()
  }

  /// The module at a width.
  package func layer(width: Int) -> Layer { Layer(kind, width: width, options: options) }

  package var text: String { options.isEmpty ? kind.name : "\(kind)(\(kind.text(options)))" }

  /// The five of BioArc, which a space has that states none.
  package static let standard = [BlockKind.cnn, .lstm, .transformer, .mamba, .hyena].map { Module($0) }
}
