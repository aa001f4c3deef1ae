package import ArgumentParser
import Artifacts
import Console
import JSON
import Resolving
import Sessions
import Sharing
import Stores
import System
import Wording

/// `bioarc pull`
package struct PullCommand: ParsableCommand {
  package init() {}

  package static let configuration = CommandConfiguration(
    commandName: "pull", abstract: "Bring results of remotes here, with their bytes.",
    discussion: """
      'run' takes results of remotes by itself, and fetches the bytes that it needs: pull is for the time after, without
      a network. Of named steps the outputs are fetched, and not what they come from.

      Examples:
        bioarc pull pipelines/promoters.yaml
        bioarc pull pipelines/promoters.yaml 'scores[k=6]' --remote lab-b
        bioarc pull pipelines/promoters.yaml --results      no bytes
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "Steps. Default: all of the pipeline.") var steps: [String] = []
  @Flag(help: "Bring what is known of results, without their bytes.") var results = false
  @Flag(help: "Say what would come; bring no bytes.") var dryRun = false
  @Flag(help: "Print as JSON.") var json = false

  private struct Document: Encodable {
    let results: Int
    let objects: Int
    let bytes: Int
    let missing: Int
    let requests: Int
    let seconds: Double
  }

  package func run() throws {
    let began = Clock.monotonic()
    let session = try Session(options.request())
    try session.synchronize()
    let resolution = try session.resolve()
    let named = try steps.isEmpty ? resolution.steps : steps.flatMap { try session.steps($0, in: resolution) }
    var wanted: [Digest: Int] = [:]
    for step in named {
      guard let record = try resolution.record(of: step) else { continue }
      for object in try session.store.missing(record) { wanted[object.digest] = object.size }
    }
    let offered = wanted.filter { session.peers.offers($0.key) }.map { (digest: $0.key, size: $0.value) }
    let peers = session.peers
    if !results && !dryRun {
      let live = LiveBytes("fetched")
      peers.progress = { live.show($0, of: $1) }
      try peers.fetch(offered)
      live.end()
    }
    try session.store.close()
    let bytes = dryRun ? offered.reduce(0) { $0 + peers.bytes(of: $1.digest) } : peers.fetched.bytes
    let document = Document(
      results: peers.used.count, objects: dryRun ? offered.count : peers.fetched.objects, bytes: bytes,
      missing: wanted.count - offered.count, requests: peers.requests, seconds: Clock.monotonic() - began)
    if json { return try printJSON(document) }
    Terminal.print(
      "\(Words.count(document.results, "result")) of others, \(Words.count(document.objects, "object")), "
        + "\(Words.bytes(bytes))\(dryRun ? " would be fetched" : "") in \(Words.seconds(document.seconds)) and "
        + Words.count(document.requests, "request"))
    let failed = results || dryRun ? 0 : offered.count - peers.fetched.objects
    if failed > 0 {
      throw Complaint.failure("\(failed) of \(Words.count(offered.count, "object")) could not be fetched")
    }
    if document.missing > 0 {
      Terminal.complain(
        "note: nobody has the bytes of \(Words.count(document.missing, "object")): what needs them computes them again")
    }
  }
}
