import Artifacts
import Catalogs
import Console
import Events
import Explaining
import Plans
import Resolving
package import Sessions
import Stores
import Syntax

/// A pipeline's text with the values that were given for it.
struct Version {
  let name: String
  let text: [UInt8]
  let overrides: [Override]

  init(name: String, text: [UInt8], overrides: [Override]) {
    (self.name, self.text, self.overrides) = (name, text, overrides)
  }

  /// The version that a run logged; nil for an older log, or where the store has lost the text.
  init?(of run: PastRun, _ store: Store) {
    guard let name = run.text, let text = try? store.bytes(name.digest, size: name.size) else { return nil }
    self.init(name: run.id, text: text, overrides: (run.settings ?? []).map { Override($0) })
  }

  /// The version of that name: `now` or a run. Throws `Complaint` where there is none, or its text is not known.
  init(_ name: String, _ session: Session) throws {
    guard name != Side.now else {
      self.init(name: name, text: session.request.text, overrides: session.request.overrides)
      return
    }
    let run = try Side.run(name, session, History(store: session.store))
    guard let version = Version(of: run, session.store) else {
      throw Complaint.failure("the log of run \(run.id) has no text of the pipeline: an older program made it")
    }
    // Values of the command line hold for every version.
    let stated = session.request.overrides
    let names = Set(stated.map { $0.text.prefix { $0 != "=" } })
    self.init(
      name: version.name, text: version.text,
      overrides: version.overrides.filter { !names.contains($0.text.prefix { $0 != "=" }) } + stated)
  }

  /// The request for this version with further values.
  func request(_ session: Session, _ more: [Override] = []) -> PipelineRequest { request(session.request, more) }

  func request(_ request: PipelineRequest, _ more: [Override] = []) -> PipelineRequest {
    PipelineRequest(
      pipeline: request.pipeline, text: text, overrides: overrides + more, store: request.store,
      stages: request.stages, remotes: request.remotes)
  }

  /// The files and folders of inputs as this version read them, by name, as far as that is known.
  func inputs(_ session: Session) throws -> [String: ArtifactReference] {
    let history = History(store: session.store)
    if name != Side.now, let run = try history.run(name) {
      return try Snapshot.of(run, history, plan: try planned(session)).snapshot.inputs(in: session.store)
    }
    var found: [String: ArtifactReference] = [:]
    for (index, input) in session.plan.inputs.enumerated() where input.source.localPath != nil {
      guard session.catalog.resolve([index], commandsOf: []).isEmpty else { continue }
      found[input.name] = session.catalog.reference(index)
    }
    return found
  }

  /// The plan with further values; nil where they make none.
  func planned(_ session: Session, _ more: [Override] = []) throws -> Plan? {
    try Session.planned(request(session, more)).plan
  }
}

extension Session {
  /// The session in which two sides are compared: that of the file as it is, or where it is no valid pipeline and
  /// neither side is `now`, that of the text which the log of one of them has; that is told.
  package static func comparing(_ names: [String], _ request: PipelineRequest) throws -> Session {
    if names.contains(Side.now) { return try Session(request, isReading: true) }
    if try Session.planned(request).plan != nil { return try Session(request, isReading: true) }
    let store = try Session.open(request, isReading: true)
    let history = History(store: store)
    let file = Places.name(request.pipeline)
    for id in try store.runs() {
      let isNamed = names.contains { id.hasPrefix($0) }
      guard isNamed || names.contains(where: { $0.hasPrefix("~") }), let run = try history.run(id),
        isNamed || run.purpose == nil && Places.name(run.file) == file, let version = Version(of: run, store)
      else { continue }
      let past = version.request(request)
      guard try Session.planned(past).plan != nil else { continue }
      Terminal.complain("'\(request.pipeline)' is no valid pipeline now: the text of run \(id) stands for it")
      return try Session(past, isReading: true)
    }
    return try Session(request, isReading: true)
  }
}
