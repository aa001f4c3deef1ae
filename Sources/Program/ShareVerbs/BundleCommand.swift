package import ArgumentParser
import Artifacts
import Console
import Files
import Plans
import Publishing
import Remotes
import Resolving
import Sessions
import Sharing
import Stores
import System
import Wording

/// `bioarc bundle`
package struct BundleCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "bundle", abstract: "Write results into one file that another lab can import, or as a crate.",
    discussion: """
      A bundle is a tar archive of an OCI image layout: claims, that is which step gave which bytes, in a text that can
      be signed; records; and the bytes. The same results make the same bundle, but for signatures by keys that sign
      differently each time. Of named steps the bytes go, and of what they come from the records, so that nothing of it
      is computed again. Inputs are not in it, nor is the pipeline: send that, and name the data. Results that another
      lab has computed are left out: pass its bundle on.

      With --crate it is for a paper or an archive: a folder, or a .zip file, with the pipeline and its own stages, a
      bundle, all steps and figures as tables, a Workflow Run RO-Crate, SLSA provenance, CITATION.cff, and a README with
      the commands that check it. Models go with --size full.

      Examples:
        bioarc bundle pipelines/promoters.yaml -o promoters.tar --lab lab-a --sign ~/.ssh/id_ed25519
        bioarc bundle pipelines/promoters.yaml ranking -o ranking.tar --lab lab-a
        bioarc bundle pipelines/promoters.yaml -o results.tar --lab lab-a --results
        bioarc bundle pipelines/promoters.yaml -o all.tar --lab lab-a --dry-run      how large it would be
        bioarc bundle pipelines/promoters.yaml --pin paper --crate -o paper.zip --lab lab-a --license CC-BY-4.0 \\
          --title 'Promoters' --author 'Ada Lovelace' --sign ~/.ssh/id_ed25519
        bioarc bundle pipelines/promoters.yaml scores --crate -o models --lab lab-a --size full --model-key ec.pem
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "Steps. Default: all of the pipeline.") var steps: [String] = []
  @Option(help: "The results that a pin names, instead of steps.") var pin: String?
  @Option(
    name: .shortAndLong, help: "The file or the folder, which must not exist yet.",
    completion: .file(extensions: ["tar", "zip"]))
  var output: String
  @OptionGroup var signing: SigningOptions
  @Flag(help: "Write what is known of results, without their bytes.") var results = false
  @OptionGroup var crateOptions: CrateOptions
  @Flag(help: "Say what would be written; write nothing.") var dryRun = false
  @Flag(help: "Print as JSON.") var json = false

  package func validate() throws {
    if output == "-" { throw ValidationError("a bundle is a file: name it with -o") }
    if pin != nil && !steps.isEmpty { throw ValidationError("--pin stands for steps: name it, or steps") }
    if results && crateOptions.size != nil { throw ValidationError("--results is --size recipe: say one of them") }
  }

  package func run() throws {
    let output = self.output.count > 1 && self.output.hasSuffix("/") ? String(self.output.dropLast()) : self.output
    try NewFile.checkAbsent(output)
    let parent = DiskFileSystem.parent(of: output)
    guard FileKind(parent) == .folder else { throw Complaint.usage("there is no folder '\(parent)'") }
    let session = try Session(options.request().offline, isReading: true)
    let resolution = try session.resolve()
    let chosen = try session.steps(named: steps, orPinned: pin, in: resolution)
    let lab = try signing.lab(Project(pipeline: options.pipeline))
    let edition = Edition(session, resolution, chosen: chosen, lab: lab)
    guard try !resolution.keys(of: chosen).isEmpty else {
      throw Complaint.failure("no step has a result yet; 'bioarc run \(options.pipeline)' makes them")
    }
    let without = chosen.count { (try? resolution.record(of: $0)) == nil }
    if dryRun { return try forecast(edition, lab, without: without) }
    let folder = output + "~" + ProcessIdentity.current.newName()
    defer { _ = try? DiskFileSystem().removeAll(folder) }
    try Complaint.telling {
      if crateOptions.crate { return try publish(edition, by: folder, to: output, without: without) }
      try tell(try write(edition, by: folder, to: output), lab, without: without)
    }
  }

  /// Writes the archive; it has its name once it is whole.
  private func write(_ edition: Edition, by folder: String, to output: String) throws -> Outgoing.Summary {
    let files = DiskFileSystem()
    let live = LiveBytes("written")
    defer { live.end() }
    var outgoing = Outgoing(edition.resolution.store, to: FolderRemote.open(folder)) { live.add($0) }
    let summary = try outgoing.write(
      Array(edition.keys()), lab: edition.lab, objectsOf: keysWithBytes(edition),
      sign: { try signing.signature(of: $0) })
    guard summary.results > 0 else {
      throw Complaint.failure("all results are of another lab: pass its own bundle on")
    }
    let whole = folder + "/bundle"
    let writer = try NewFile.writer(whole)
    try Bundle.write(folder, files, to: writer)
    try writer.close()
    try files.move(whole, to: output, replacing: false)
    return summary
  }

  /// The steps whose bytes go too; nil: all.
  private func keysWithBytes(_ edition: Edition) throws -> Set<Digest>? {
    if let size = crateOptions.size ?? (crateOptions.crate ? .results : nil) { return try edition.keysWithBytes(size) }
    return results ? [] : try edition.resolution.keys(of: edition.chosen)
  }

  /// Says what would be in it.
  private func forecast(_ edition: Edition, _ lab: String, without: Int) throws {
    let summary = try Outgoing(edition.resolution.store, to: FolderRemote.open(output)).preview(
      edition.keys(), objectsOf: keysWithBytes(edition))
    try tell(summary, lab, without: without)
  }

  private struct Document: Encodable {
    let file: String
    let results: Int
    let objects: Int
    let bytes: Int
    let absent: Int
    let foreign: Int
    let signed: Bool
    let dryRun: Bool
  }

  private func tell(_ summary: Outgoing.Summary, _ lab: String, without: Int) throws {
    if json {
      return try printJSON(
        Document(
          file: output, results: summary.results, objects: summary.objects, bytes: summary.bytes,
          absent: summary.absent, foreign: summary.foreign, signed: signing.key != nil, dryRun: dryRun))
    }
    Terminal.print(
      "\(output): \(Words.count(summary.results, "result")) and \(Words.count(summary.objects, "object")), "
        + "\(Words.bytes(summary.bytes)), \(signing.key == nil ? "not signed" : "signed for \(lab)")"
        + (dryRun ? "; nothing is written" : ""))
    notes(on: summary, without: without)
  }

  /// Says what is not in a bundle and might be missed.
  func notes(on summary: Outgoing.Summary, without: Int) {
    if summary.absent > 0 {
      Terminal.complain(
        "note: the bytes of \(Words.count(summary.absent, "object")) are not here, as of models that nothing reads; "
          + "'bioarc run \(options.pipeline) --keep model' keeps those, else others compute them again")
    }
    if summary.foreign > 0 {
      Terminal.complain(
        "note: \(Words.count(summary.foreign, "result")) of another lab are left out: pass its own bundle on")
    }
    if without > 0 { Terminal.complain("note: \(Words.count(without, "step")) have no result yet") }
    if signing.key == nil {
      Terminal.complain(
        "note: nobody can tell who made it; --sign KEY signs, and 'bioarc trust add' takes the key's .pub")
    }
  }
}
