package import Artifacts
import Console
import Plans
import Publishing
import Remotes
package import Resolving
import Sessions
import Sharing
import Stores
import Syntax
import System
import Wording

/// Results on their way to one remote: for `push`, and at the end of a run.
package struct Delivery {
  package struct Document: Encodable {
    let remote: String
    var pushes: [String] = []
    package internal(set) var results = 0
    var objects = 0
    var bytes = 0
    var absent = 0
    var requests = 0
    var seconds = 0.0
    let signed: Bool
    let dryRun: Bool
  }

  private let name: String
  private let remote: any Remote
  private let lab: String
  private let signing: SigningOptions
  private let began = Clock.monotonic()

  /// Opens the remote, of which nothing is asked yet. Throws `Complaint` for one that is not there, and where nothing
  /// says in whose name results go.
  package init(to target: String?, _ pipeline: String, _ signing: SigningOptions, isUnsigned: Bool, isDry: Bool) throws
  {
    let project = try Project(pipeline: pipeline)
    lab = try isDry && signing.lab == nil && project.file.lab == nil ? "nobody" : signing.lab(project)
    (name, remote) = try Self.open(target, project)
    guard signing.key != nil || isUnsigned || isDry else {
      throw Complaint.usage(
        "name the key that signs with --sign or BIOARC_SIGN: nobody believes claims that nobody has signed "
          + "(--unsigned sends them all the same)")
    }
    self.signing = signing
    // A key that cannot sign is found before anything is done.
    if !isDry { _ = try signing.signature(of: Array("bioarc push\n".utf8)) }
  }

  private static func open(_ target: String?, _ project: Project) throws -> (name: String, remote: any Remote) {
    var candidates = try project.remotes(RemoteSelection(names: target.map { [$0] } ?? []))
    if target == nil { candidates = candidates.filter { !$0.isReadOnly && !$0.url.hasPrefix("http") } }
    guard let first = candidates.first else {
      throw Complaint.usage("there is no remote to push to; 'bioarc remote add NAME ADDRESS' adds one")
    }
    guard candidates.count == 1 else {
      throw Complaint.usage(
        "there are several remotes: name one with --to, of " + candidates.map(\.name).joined(separator: ", "))
    }
    return (first.name, try project.open(first))
  }

  /// Makes a study of steps with their pipeline, and returns the keys of its results, which are still to be sent.
  func publish(
    _ steps: [StepIndex], of session: Session, _ resolution: Resolution, as name: String, withData: Bool
  ) throws -> Set<Digest> {
    try StudyWriter.publish(Edition(session, resolution, chosen: steps, lab: lab), as: name, withData: withData)
  }

  /// Sends of some steps, and of all that these come from, what the remote lacks.
  ///
  /// - Parameters:
  ///   - steps: those whose bytes go too.
  ///   - others: the keys of other results that go with their bytes.
  ///   - withBytes: whether the bytes of the steps go.
  ///   - withInputs: whether those of inputs do that were fetched from the web.
  ///   - isRepairing: whether all is sent anew, over what is there.
  ///   - isDry: whether nothing is sent.
  package func send(
    _ steps: [StepIndex], and others: Set<Digest> = [], of resolution: Resolution, withBytes: Bool = true,
    withInputs: Bool = false, isRepairing: Bool = false, isDry: Bool = false
  ) throws -> Document {
    let every = resolution.withSources(steps)
    let (own, data) = try (resolution.keys(of: steps), resolution.inputKeys(of: every))
    let all = try resolution.keys(of: every).union(data).union(others)
    guard !own.isEmpty else {
      throw Complaint.failure("no step has a result yet; 'bioarc run \(resolution.plan.file)' makes them")
    }
    let chosen = others.union(withBytes ? own : []).union(withInputs ? data : [])
    var document = Document(remote: name, signed: signing.key != nil, dryRun: isDry)
    try Complaint.telling(name) {
      let pusher = try Pusher(resolution.store, to: remote, lab: lab, signs: signing.key != nil)
      let news = try isRepairing ? all.sorted() : pusher.news(Array(all), objectsOf: chosen)
      if isDry {
        document.add(try pusher.preview(news, objectsOf: chosen, isRepairing: isRepairing))
      } else if !news.isEmpty {
        let live = LiveBytes("sent")
        defer { live.end() }
        let summaries = try pusher.push(
          news, objectsOf: chosen, now: Clock.wall(), isRepairing: isRepairing,
          sign: { try signing.signature(of: $0) }, progress: { live.add($0) })
        for summary in summaries { document.add(summary) }
      }
    }
    document.requests = remote.requests
    document.seconds = Clock.monotonic() - began
    return document
  }

  /// The outcome in a line.
  package func words(_ document: Document) -> String {
    guard document.results > 0 else { return "\(name) has all of it: nothing is sent" }
    let amount =
      "\(name): \(Words.count(document.results, "result")) and \(Words.count(document.objects, "object")), "
      + Words.bytes(document.bytes)
    if document.dryRun { return "\(amount) would be sent" }
    return "\(amount), \(document.signed ? "signed for \(lab)" : "not signed"), in \(Words.seconds(document.seconds))"
      + (document.requests > 0 ? " and \(Words.count(document.requests, "request"))" : "")
  }
}

extension Delivery.Document {
  fileprivate mutating func add(_ summary: Outgoing.Summary) {
    if !summary.tag.isEmpty { pushes.append(summary.tag) }
    results += summary.results
    objects += summary.objects
    bytes += summary.bytes
    absent += summary.absent
  }
}
