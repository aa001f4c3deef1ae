import Console
import Events
import Plans
import Resolving
import Sessions
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
  init?(of run: PastRun, _ session: Session) {
    guard let name = run.text, let text = try? session.store.bytes(name.digest, size: name.size) else { return nil }
    self.init(name: run.id, text: text, overrides: (run.settings ?? []).map { Override($0) })
  }

  /// The version of that name: `now` or a run. Throws `Complaint` where there is none, or its text is not known.
  init(_ name: String, _ session: Session) throws {
    guard name != Side.now else {
      self.init(name: name, text: session.request.text, overrides: session.request.overrides)
      return
    }
    let run = try Side.run(name, session, History(store: session.store))
    guard let version = Version(of: run, session) else {
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
  func request(_ session: Session, _ more: [Override] = []) -> PipelineRequest {
    PipelineRequest(
      pipeline: session.request.pipeline, text: text, overrides: overrides + more, store: session.request.store,
      stages: session.request.stages, remotes: session.request.remotes)
  }

  /// The plan with further values; nil where they make none.
  func planned(_ session: Session, _ more: [Override] = []) throws -> Plan? {
    try Session.planned(request(session, more)).plan
  }
}
