/// A form in which a lab's own stage asks for what a port binds: the worker makes it, whatever the artifact's layout.
package enum InputForm: String, Sendable, CaseIterable {
  /// A labelled task as `train.tsv`, `dev.tsv`, `test.tsv` and `classes.tsv`.
  case table

  /// Makes the files of a form by `create`; returns what `step.json` tells of them as options. Throws a `StageFailure`
  /// for an artifact that has no such form.
  package typealias Writer =
    @Sendable (
      _ artifact: any InputArtifact, _ create: (_ name: String) throws -> any ByteWriter,
      _ report: @escaping @Sendable (StageReport) -> Void
    ) throws -> [String: String]

  /// The kinds that have the form.
  package var kinds: [ArtifactKind] { [.labelledSequences] }

  /// Raised when the files of the form change for the same artifact.
  private var version: Int { 2 }

  /// The form in the key of a step that asks for it.
  var canonical: Canonical { .string("\(rawValue)/\(version)") }

  init(_ canonical: Canonical) throws(CanonicalError) {
    let text = try canonical.string()
    guard let form = Self.allCases.first(where: { $0.canonical == .string(text) }) else {
      throw CanonicalError(offset: 0, reason: "the form '\(text)' of an input is not known to this program")
    }
    self = form
  }
}

extension ArtifactKind {
  /// Sequences with a label, in the splits train, dev and test: the GUE folder layout.
  package static let labelledSequences = ArtifactKind("labelled-sequences")
}
