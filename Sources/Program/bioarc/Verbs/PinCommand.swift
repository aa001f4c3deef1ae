import ArgumentParser
import Artifacts
import Console
import JSON
import Plans
import Reports
import Resolving
import Sessions
import Stores
import System
import Wording

/// `bioarc pin`
struct PinCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pin", abstract: "Keep results whatever 'gc' removes.",
    discussion: """
      A pin names results as they are now: a later edit of the pipeline changes nothing about it.

      Examples:
        bioarc pin pipelines/promoters.yaml --name paper
        bioarc pin pipelines/promoters.yaml 'scores[k=6]'
        bioarc pins
        bioarc unpin paper
      """)

  @OptionGroup var options: PipelineOptions
  @Argument(help: "Steps. Default: all of the pipeline.") var step: String?
  @Option(help: "The name of the pin. Default: the pipeline's name, and the stage's.") var name: String?
  @Flag(help: "Print as JSON.") var json = false

  func run() throws {
    let session = try Session(options.request())
    let resolution = try session.resolve()
    let steps = try step.map { try session.steps($0, in: resolution) } ?? resolution.steps
    var keys: Set<Digest> = []
    var objects: [Digest: Int] = [:]
    var without = 0
    for step in steps {
      guard let key = resolution.key(of: step), let record = try resolution.record(of: step) else {
        without += 1
        continue
      }
      keys.insert(key)
      for object in record.objects { objects[object.digest] = object.size }
    }
    guard !keys.isEmpty else {
      throw Complaint.failure("no step to pin has a result yet; 'bioarc run \(options.pipeline)' makes them")
    }
    // The pin is set first: results that are counted after it stay.
    let pin = try set(keys, session)
    let held = try objects.keys.filter { try session.store.claim($0) }
    let bytes = held.reduce(0) { $0 + (objects[$1] ?? 0) }
    let gone = objects.count - held.count
    if json { return try printJSON(PinDocument(pin)) }
    Terminal.print("pinned \(Words.count(keys.count, "result")), \(Words.bytes(bytes)), as '\(pin.name)'")
    if without > 0 { Terminal.complain("note: \(Words.count(without, "step")) without a result cannot be pinned") }
    if gone > 0 {
      Terminal.complain(
        "note: \(Words.count(gone, "object")) of them were evicted or not kept; 'bioarc run' makes them again: models "
          + "with --keep model, others with --force")
    }
  }

  private func set(_ keys: Set<Digest>, _ session: Session) throws -> Pin {
    let name = name ?? Self.name(session.plan.name, step)
    guard NameRules.isPin(name) else {
      throw Complaint.usage(
        "'\(name)' cannot name a pin: up to 100 letters, digits and any of . _ + ~ -, not beginning with . or -")
    }
    let pin = Pin(
      name: name, time: Clock.wall(), pipeline: session.plan.name, file: session.plan.file, step: step ?? "",
      keys: keys.sorted())
    guard try session.store.add(pin) else {
      throw Complaint.usage(
        "there is a pin '\(name)' already: name another with --name, or 'bioarc unpin \(name)' first")
    }
    return pin
  }

  /// A name from that of the pipeline and the address of steps.
  private static func name(_ pipeline: String, _ step: String?) -> String {
    let text = ([pipeline] + (step.map { [$0] } ?? [])).joined(separator: ".")
    let name = text.map { NameRules.isPin("a\($0)") ? $0 : "-" }
    return String(String(name).reversed().drop { $0 == "-" }.reversed().drop { $0 == "-" || $0 == "." }.prefix(100))
  }
}
