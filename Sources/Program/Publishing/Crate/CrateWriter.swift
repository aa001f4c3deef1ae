package import Artifacts
import Compression
import Console
import DataStages
import Files
import Plans
import Remotes
import Resolving
import Sessions
package import Sharing
import Signing
import Stages
import Tables

/// Writes a crate: a folder with a pipeline, its results and their provenance, for a paper or an archive. Its bytes
/// depend on nothing but what is in the store and what the person says: no clock is read.
package struct CrateWriter {
  /// Counts of all that was written.
  package struct Summary: Sendable {
    package let results: Outgoing.Summary
    /// Steps with a result.
    package let steps: Int
    package let files: Int
    /// Bytes of all files.
    package let bytes: Int
    package let models: Int
    /// Whether the pipeline names inputs by absolute paths.
    package let hasAbsolutePaths: Bool
  }

  private let edition: Edition
  private let imprint: Imprint
  private let folder: CrateFolder

  /// - Parameter root: the folder, which does not exist yet.
  package init(_ edition: Edition, _ imprint: Imprint, in root: String) {
    (self.edition, self.imprint, folder) = (edition, imprint, CrateFolder(root))
  }

  /// Writes all files. Throws a `Complaint` where there is nothing to publish.
  ///
  /// - Parameters:
  ///   - sign: the signature of the claims' text, or nil.
  ///   - progress: hears of bytes that were written since the last call.
  package func write(
    sign: ([UInt8]) throws -> [UInt8]?, progress: @escaping (_ bytes: Int) -> Void
  ) throws -> Summary {
    var claims: (text: [UInt8], signature: [UInt8]?) = ([], nil)
    var outgoing = Outgoing(
      edition.resolution.store, to: FolderRemote.open("\(folder.root)/\(CrateNames.results)"), progress: progress)
    let sent = try outgoing.write(
      Array(edition.keys()), lab: imprint.lab, objectsOf: edition.keysWithBytes(imprint.size),
      sign: { text in
        claims = (text, try sign(text))
        return claims.signature
      })
    guard sent.results > 0 else { throw Complaint.failure("all results are of another lab: pass its own bundle on") }
    try folder.adoptLayout(CrateNames.results)
    try write(claims.text, claims.signature)
    let recipe = try RecipeFiles(edition, to: folder)
    if case .text(let text) = imprint.license { try folder.write(License.file, text) }
    let ledger = try Ledger(edition, to: folder)
    let tables = imprint.size == .recipe ? [] : try writeTables()
    let models = imprint.size == .full ? try ModelFolders.write(edition, to: folder, key: imprint.modelKey) : []
    let digest = Digest.of(claims.text).hex
    try folder.write(
      Citation.name, Array(Citation.text(imprint, finished: ledger.all.finished, claims: digest).utf8))
    let readme = CrateReadme(
      edition: edition, imprint: imprint, ledger: ledger, recipe: recipe, models: models, summary: sent,
      tables: tables, isSigned: claims.signature != nil)
    try folder.write(CrateReadme.name, Array(readme.text().utf8))
    let metadata = CrateMetadata(
      edition: edition, imprint: imprint, recipe: recipe, models: models, ledger: ledger, folder: folder)
    try folder.write(CrateMetadata.name, metadata.text())
    try folder.write(CrateNames.sums, Array(folder.sums.utf8))
    return Summary(
      results: sent, steps: ledger.all.results, files: folder.files.count,
      bytes: folder.files.values.reduce(0) { $0 + $1.size }, models: models.count,
      hasAbsolutePaths: recipe.hasAbsolutePaths)
  }

  private func write(_ claims: [UInt8], _ signature: [UInt8]?) throws {
    try folder.write(CrateNames.claims, claims)
    guard let signature else { return }
    try folder.write(CrateNames.signature, signature)
    if let key = SSHSignature(armor: signature)?.key {
      try folder.write(CrateNames.signers, Array((SignersFile.Line(imprint.lab, key).text + "\n").utf8))
    }
  }

  /// Writes the tables about kinds of results that the pipeline has; returns their names.
  private func writeTables() throws -> [String] {
    var names: [String] = []
    let nodes = edition.resolution.plan.nodes
    let kinds = Set(Set(edition.steps.map(\.node)).flatMap { nodes[$0].declaration.outputs.map(\.kind) })
    for table in ResultTable.all where kinds.contains(table.kind) {
      let name = "\(CrateNames.tables)/\(table.name).csv"
      try folder.write(name) { writer in
        try writer.write(CSV.row(ResultTable.front + table.columns))
        for step in edition.steps {
          for port in nodes[step.node].declaration.outputs where port.kind == table.kind {
            try writer.write(rows(of: step, port.name, table))
          }
        }
      }
      names.append(name)
    }
    return names
  }

  /// The rows about one output; none where its bytes are gone.
  private func rows(of step: StepIndex, _ port: String, _ table: ResultTable) throws -> String {
    let found = try? OutputAddress.outputs(of: step, port: port, edition.session, edition.resolution).first
    guard let found else { return "" }
    let front = [edition.resolution.address(step), port, found.artifact.reference.digest.hex]
    let document = try ArtifactView(found.artifact, axes: found.axes).json
    return table.rows(document, found.axes).map { CSV.row(front + $0) }.joined()
  }

  // MARK: Archives

  /// Writes all files of the crate as members of an archive, ascending by name.
  package func archive(to writer: any ByteWriter) throws {
    let zip = ZipWriter(to: writer)
    for name in folder.names {
      try zip.add(name, size: folder.files[name]?.size ?? 0) { try folder.reader(name) }
    }
    try zip.finish()
  }
}
