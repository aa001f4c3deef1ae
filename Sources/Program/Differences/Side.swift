import Artifacts
import Console
import Events
package import Explaining
import Plans
package import Resolving
package import Sessions
import Stores
import Wording

/// One of the two times that are compared: a run, or the pipeline as it is now.
package struct Side {
  package let snapshot: Snapshot
  let divergences: [String]
  let notes: [String]

  /// The name of the pipeline as it is now.
  package static let now = "now"

  /// The side of that name: `now`, a run by the beginning of its id, `~` for the newest run of the pipeline, and `~N`
  /// for the Nth before it. Throws `Complaint` where there is no such run.
  package init(_ name: String, _ session: Session, resolve: () throws -> Resolution) throws {
    guard name != Self.now else {
      snapshot = try .now(resolve())
      (divergences, notes) = ([], [])
      return
    }
    let history = History(store: session.store)
    let run = try Self.run(name, session, history)
    let plan = try? Version(of: run, session.store)?.planned(session)
    let (snapshot, lost) = Snapshot.of(run, history, plan: plan)
    self.snapshot = snapshot
    divergences = try history.events(of: run.id).compactMap { logged in
      guard case .divergence(let step, let key, let ports) = logged.event else { return nil }
      return "run \(run.id): \(step) gave other bytes under the key \(key.short), at \(ports.joined(separator: ", "))"
    }
    var notes: [String] = []
    if !lost.isEmpty {
      notes.append("the store has lost the keys of \(lost.joined(separator: ", ")) in run \(run.id)")
    }
    if let summary = run.summary {
      if summary.exitCode != 0 {
        notes.append("run \(run.id) did not end well: steps without a result are not compared")
      }
    } else {
      notes.append("run \(run.id) has not ended: keys are those that it knew")
    }
    if !run.isOf(session.plan) { notes.append("run \(run.id) was of another pipeline, '\(run.file)'") }
    self.notes = notes
  }

  /// The run of that name. Throws `Complaint` where there is none, or several.
  static func run(_ name: String, _ session: Session, _ history: History) throws -> PastRun {
    guard name.hasPrefix("~") else {
      let ids = try session.store.runs().filter { $0.hasPrefix(name) }
      guard let id = ids.first, let run = try history.run(id) else {
        throw Complaint.usage("no run is named '\(name)'; 'bioarc runs' lists them, and 'now' is the file as it is")
      }
      guard ids.count == 1 else {
        throw Complaint.usage("\(ids.count) runs have an id that begins with '\(name)': name more of it")
      }
      return run
    }
    guard let place = name == "~" ? 0 : Int(name.dropFirst()), place >= 0 else {
      throw Complaint.usage("'\(name)' is no run: '~' is the newest of the pipeline, '~1' the one before")
    }
    var left = place
    for id in try session.store.runs() {
      guard let run = try history.run(id), run.isOf(session.plan) else { continue }
      if left == 0 { return run }
      left -= 1
    }
    let count = place - left
    throw Complaint.usage(
      "the store has \(count == 0 ? "no run" : "only \(Words.count(count, "run"))") of '\(session.plan.file)'")
  }
}
