package import ArgumentParser
import Artifacts
import Console
import JSON
import Remotes
import Resolving
import Sessions
import Sharing
import Syntax
import System
import Wording

/// `bioarc push`
package struct PushCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "push", abstract: "Send results to a remote, for others to use.",
    discussion: """
      What is not there yet is sent: claims, signed by your key, records, and the bytes of outputs. Of named steps the
      bytes go, and of what they come from the records. Inputs are not sent, nor is the pipeline, and results that other
      labs have computed are theirs to send. A push is named last, so that nobody sees half of one; after an interrupt
      the next one sends what is missing.

      Examples:
        bioarc remote add ours s3://results/promoters?region=eu-central-1
        bioarc push pipelines/promoters.yaml --lab lab-a --sign ~/.ssh/id_ed25519
        bioarc push pipelines/promoters.yaml ranking --to ours
        bioarc push pipelines/promoters.yaml --dry-run
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "Steps. Default: all of the pipeline.") var steps: [String] = []
  @Option(help: "The remote, by its name or address. Default: the only one that can be written.") var to: String?
  @OptionGroup var signing: SigningOptions
  @Flag(help: "Send what is known of results, without their bytes.") var results = false
  @Flag(help: "Send claims that nobody has signed.") var unsigned = false
  @Flag(help: "Send all anew, over what is there: for a remote whose bytes are damaged ('bioarc remote fsck').")
  var repair = false
  @Flag(help: "Say what would be sent; send nothing.") var dryRun = false
  @Flag(help: "Print as JSON.") var json = false

  private struct Document: Encodable {
    let remote: String
    var pushes: [String] = []
    var results = 0
    var objects = 0
    var bytes = 0
    var absent = 0
    var requests = 0
    var seconds = 0.0
    let signed: Bool
    let dryRun: Bool
  }

  package func run() throws {
    let began = Clock.monotonic()
    let session = try Session(options.request().offline, isReading: true)
    let project = try Project(pipeline: options.pipeline)
    let lab = try dryRun && signing.lab == nil && project.file.lab == nil ? "nobody" : signing.lab(project)
    let (name, remote) = try target(project)
    guard signing.key != nil || unsigned || dryRun else {
      throw Complaint.usage(
        "name the key that signs with --sign or BIOARC_SIGN: nobody believes claims that nobody has signed "
          + "(--unsigned sends them all the same)")
    }
    let resolution = try session.resolve()
    let named = try steps.isEmpty ? resolution.steps : steps.flatMap { try session.steps($0, in: resolution) }
    let (own, all) = try (resolution.keys(of: named), resolution.keys(of: resolution.withSources(named)))
    guard !own.isEmpty else {
      throw Complaint.failure("no step has a result yet; 'bioarc run \(options.pipeline)' makes them")
    }
    var document = Document(remote: name, signed: signing.key != nil, dryRun: dryRun)
    try Complaint.telling(name) {
      // A key that cannot sign is found before anything is sent.
      if !dryRun { _ = try signing.signature(of: Array("bioarc push\n".utf8)) }
      let pusher = try Pusher(session.store, to: remote, lab: lab, signs: signing.key != nil)
      let news = try repair ? all.sorted() : pusher.news(Array(all), objectsOf: results ? [] : own)
      document.results = news.count
      if dryRun {
        (document.objects, document.bytes) = try pusher.size(of: news, objectsOf: results ? [] : own)
      } else if !news.isEmpty {
        try send(news, own, pusher, &document)
      }
    }
    document.requests = remote.requests
    document.seconds = Clock.monotonic() - began
    if json { return try printJSON(document) }
    tell(document, lab)
  }

  private func send(_ news: [Digest], _ own: Set<Digest>, _ pusher: Pusher, _ document: inout Document) throws {
    let live = LiveBytes("sent")
    defer { live.end() }
    let summaries = try pusher.push(
      news, objectsOf: results ? [] : own, now: Clock.wall(), isRepairing: repair,
      sign: { try signing.signature(of: $0) },
      progress: { live.add($0) })
    document.pushes = summaries.map(\.tag)
    document.results = summaries.reduce(0) { $0 + $1.results }
    document.objects = summaries.reduce(0) { $0 + $1.objects }
    document.bytes = summaries.reduce(0) { $0 + $1.bytes }
    document.absent = summaries.reduce(0) { $0 + $1.absent }
  }

  private func target(_ project: Project) throws -> (name: String, remote: any Remote) {
    var candidates = try project.remotes(RemoteSelection(names: to.map { [$0] } ?? []))
    if to == nil { candidates = candidates.filter { !$0.isReadOnly && !$0.url.hasPrefix("http") } }
    guard let first = candidates.first else {
      throw Complaint.usage("there is no remote to push to; 'bioarc remote add NAME ADDRESS' adds one")
    }
    guard candidates.count == 1 else {
      throw Complaint.usage(
        "there are several remotes: name one with --to, of " + candidates.map(\.name).joined(separator: ", "))
    }
    return (first.name, try project.open(first))
  }

  private func tell(_ document: Document, _ lab: String) {
    guard document.results > 0 else {
      return Terminal.print("\(document.remote) has all of it: nothing is sent")
    }
    let amount =
      "\(Words.count(document.results, "result")) and \(Words.count(document.objects, "object")), "
      + Words.bytes(document.bytes)
    if dryRun { return Terminal.print("\(document.remote): \(amount) would be sent") }
    Terminal.print(
      "\(document.remote): \(amount), \(document.signed ? "signed for \(lab)" : "not signed"), in "
        + Words.seconds(document.seconds)
        + (document.requests > 0 ? " and \(Words.count(document.requests, "request"))" : ""))
    if document.absent > 0 {
      Terminal.complain(
        "note: the bytes of \(Words.count(document.absent, "object")) are not here, as of models that nothing reads")
    }
  }
}
