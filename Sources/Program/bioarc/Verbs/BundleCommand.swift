import ArgumentParser
import Artifacts
import Console
import Files
import JSON
import Plans
import Resolving
import Sessions
import Sharing
import System
import Wording

/// `bioarc bundle`
struct BundleCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle", abstract: "Write results into one file that another lab can import.",
    discussion: """
      A bundle is a tar archive of an OCI image layout: claims, that is which step gave which bytes, in a text that can
      be signed; records; and the bytes. The same results make the same bundle, but for signatures by keys that sign
      differently each time. Of named steps the bytes go, and of what they come from the records, so that nothing of it
      is computed again. Inputs are not in it, nor is the pipeline: send that, and name the data. Results that another
      lab has computed are left out: pass its bundle on.

      Examples:
        bioarc bundle pipelines/promoters.yaml -o promoters.tar --lab lab-a --sign ~/.ssh/id_ed25519
        bioarc bundle pipelines/promoters.yaml ranking -o ranking.tar --lab lab-a
        bioarc bundle pipelines/promoters.yaml -o results.tar --lab lab-a --results
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "Steps. Default: all of the pipeline.") var steps: [String] = []
  @Option(name: .shortAndLong, help: "The file, which must not exist yet.", completion: .file(extensions: ["tar"]))
  var output: String
  @Option(help: "The name of your lab: lower-case letters, digits and any of . _ -") var lab: String
  @Option(help: "The SSH key by which the claims are signed: its file, or the public one of a key that an agent holds.")
  var sign: String?
  @Flag(help: "Write what is known of results, without their bytes.") var results = false
  @Flag(help: "Print as JSON.") var json = false

  func validate() throws {
    if output == "-" { throw ValidationError("a bundle is a file: name it with -o") }
    guard Claims.isLab(lab) else {
      throw ValidationError(
        "'\(lab)' cannot name a lab: up to 60 lower-case letters, digits and any of . _ -, beginning with none of these"
      )
    }
  }

  func run() throws {
    try NewFile.checkAbsent(output)
    let parent = DiskFileSystem.parent(of: output)
    guard FileKind(parent) == .folder else { throw Complaint.usage("there is no folder '\(parent)'") }
    let session = try Session(options.request(), isReading: true)
    let resolution = try session.resolve()
    let named = try steps.isEmpty ? resolution.steps : steps.flatMap { try session.steps($0, in: resolution) }
    let keys = { (steps: [StepIndex]) in
      try Set(steps.compactMap { try resolution.record(of: $0) == nil ? nil : resolution.key(of: $0) })
    }
    let (own, all) = try (keys(named), keys(Self.sources(of: named, resolution)))
    guard !own.isEmpty else {
      throw Complaint.failure("no step has a result yet; 'bioarc run \(options.pipeline)' makes them")
    }
    let folder = output + "~" + ProcessIdentity.current.newName()
    let files = DiskFileSystem()
    defer { _ = try? files.removeAll(folder) }
    var progress = LiveCount("objects")
    do {
      var outgoing = Outgoing(session.store, to: FolderRemote(folder))
      let summary = try outgoing.write(
        Array(all), lab: lab, objectsOf: results ? [] : own, sign: { try signature(of: $0, beside: folder) },
        progress: { done, _ in progress.show(done) })
      guard summary.results > 0 else {
        throw Complaint.failure("all results are of another lab: pass its own bundle on")
      }
      // The file has its name once it is whole.
      let whole = folder + "/bundle"
      let writer = try NewFile.writer(whole)
      try Bundle.write(folder, files, to: writer)
      try writer.close()
      try files.move(whole, to: output, replacing: false)
      progress.end()
      try tell(summary, without: named.count { (try? resolution.record(of: $0)) == nil })
    } catch let failure as Signatures.Failure {
      throw Complaint.failure(failure.description)
    } catch let error as SharingError { throw Complaint.failure("\(error)") }
  }

  /// The steps, and all of what their stages read, directly or not.
  private static func sources(of steps: [StepIndex], _ resolution: Resolution) -> [StepIndex] {
    var nodes = Set(steps.map(\.node))
    var open = Array(nodes)
    while let node = open.popLast() {
      for source in resolution.plan.sources(of: node) where nodes.insert(source).inserted { open.append(source) }
    }
    let named = Set(steps.map(\.node))
    return steps + resolution.steps.filter { nodes.contains($0.node) && !named.contains($0.node) }
  }

  private func signature(of text: [UInt8], beside folder: String) throws -> [UInt8]? {
    guard let sign else { return nil }
    let file = folder + "/claims"
    let writer = try NewFile.writer(file)
    try writer.write(text)
    try writer.close()
    return try DiskFileSystem().contents(Signatures.sign(file, key: sign))
  }

  private struct Document: Encodable {
    let file: String
    let results: Int
    let objects: Int
    let bytes: Int
    let absent: Int
    let foreign: Int
    let signed: Bool
  }

  private func tell(_ summary: Outgoing.Summary, without: Int) throws {
    if json {
      return try printJSON(
        Document(
          file: output, results: summary.results, objects: summary.objects, bytes: summary.bytes,
          absent: summary.absent, foreign: summary.foreign, signed: sign != nil))
    }
    Terminal.print(
      "\(output): \(Words.count(summary.results, "result")) and \(Words.count(summary.objects, "object")), "
        + "\(Words.bytes(summary.bytes)), \(sign == nil ? "not signed" : "signed for \(lab)")")
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
    if sign == nil {
      Terminal.complain(
        "note: nobody can tell who made it; --sign KEY signs, and 'bioarc trust add' takes the key's .pub")
    }
  }
}
