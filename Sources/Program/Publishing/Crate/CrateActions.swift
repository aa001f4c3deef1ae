import Artifacts
import Plans
import Resolving
import Sessions
import Syntax
import System

/// The runs of steps in a crate: an action for each, or for each stage where they are too many for anybody to read, and
/// those that say what has started them.
struct CrateActions {
  /// Entities that the rest of the crate must name.
  struct Added {
    /// The ids of all actions, the run of the pipeline first.
    var all: [String] = []
    /// The ids of artifacts.
    var artifacts: [String] = []
    /// The names of stages that have run.
    var stages: Set<String> = []
    /// The labs that have computed results.
    var labs: [String] = []
    /// Formal parameters of the pipeline, by their ids.
    var inputs: [(name: String, type: String)] = []
    var results: [(name: String, type: String)] = []
  }

  static let engine = "#bioarc"
  /// The id of the run of the pipeline.
  private static let run = "#run"
  /// Steps that have an action each; of more, stages have.
  static let most = 2_000

  private let edition: Edition
  private let imprint: Imprint
  private let ledger: Ledger
  private let graph: CrateGraph
  private var plan: Plan { edition.resolution.plan }

  init(_ edition: Edition, _ imprint: Imprint, _ ledger: Ledger, _ graph: CrateGraph) {
    (self.edition, self.imprint, self.ledger, self.graph) = (edition, imprint, ledger, graph)
  }

  /// Adds all actions, with the artifacts and values that they name.
  func add(pipeline: String) throws -> Added {
    var added = Added()
    var artifacts = try CrateArtifacts(edition, imprint, graph)
    added.inputs = artifacts.addInputs()
    added.all.append(Self.run)
    var byNode: [Int: [String]] = [:]
    let isDetailed = ledger.all.results <= Self.most
    var labs: Set<String> = []
    if isDetailed {
      for step in edition.steps {
        guard let facts = try edition.facts(of: step) else { continue }
        labs.insert(facts.maker)
        byNode[step.node, default: []].append(try add(facts, &artifacts))
      }
    } else {
      for (node, tally) in ledger.nodes.sorted(by: { $0.key < $1.key }) { byNode[node] = [add(node, tally)] }
    }
    added.labs = labs.sorted()
    added.results = artifacts.results
    added.artifacts = artifacts.ids
    added.stages = Set(byNode.keys.map { plan.nodes[$0].declaration.name })
    let actions = byNode.sorted { $0.key < $1.key }
    added.all += actions.flatMap(\.value)
    addRun(pipeline, artifacts)
    addControls(actions)
    return added
  }

  /// The action of one step.
  private func add(_ facts: StepFacts, _ artifacts: inout CrateArtifacts) throws -> String {
    var action = Entity(IRI.action(facts.address), "CreateAction")
    action.state("name", facts.address)
    action.state("description", "Step \(facts.address) of the pipeline '\(plan.name)'")
    action.state("identifier", facts.key.hex)
    action.refer("instrument", IRI.stage(facts.identity.stage))
    action.state("startTime", UTC.text(facts.started, zone: "+00:00"))
    action.state("endTime", UTC.text(facts.record.finished, zone: "+00:00"))
    action.refer("agent", IRI.lab(facts.maker))
    action.refer("object", artifacts.objects(of: facts) + artifacts.values(of: facts))
    action.refer("result", try artifacts.results(of: facts))
    state(facts.failure, of: &action)
    if facts.record.peakMemory > 0 {
      var usage = Entity("#memory/\(IRI.path(facts.address))", "PropertyValue")
      usage.state("name", "peak resident memory")
      usage.state("propertyID", "urn:bioarc:peak-memory")
      usage.state("value", String(facts.record.peakMemory))
      // Bytes, by the codes of UN/CEFACT.
      usage.state("unitCode", "AD")
      graph.add(usage)
      action.refer("resourceUsage", usage.id)
    }
    graph.add(action)
    return action.id
  }

  /// The action of all steps of one stage.
  private func add(_ node: Int, _ tally: Ledger.Tally) -> String {
    let name = plan.nodes[node].name
    var action = Entity(IRI.action(name), "CreateAction")
    action.state("name", name)
    action.state(
      "description",
      "\(tally.results) steps of the stage \(name), of which \(tally.failures) failed; each is in \(StepsTable.name)")
    action.refer("instrument", IRI.stage(plan.nodes[node].declaration.name))
    action.state("startTime", UTC.text(tally.started, zone: "+00:00"))
    action.state("endTime", UTC.text(tally.finished, zone: "+00:00"))
    if tally.foreign == 0 { action.refer("agent", IRI.lab(imprint.lab)) }
    state(tally.failures == tally.results ? "all steps failed" : nil, of: &action)
    graph.add(action)
    return action.id
  }

  private func state(_ failure: String?, of action: inout Entity) {
    action.state(
      "actionStatus", "http://schema.org/\(failure == nil ? "CompletedActionStatus" : "FailedActionStatus")")
    action.state("error", failure)
  }

  /// The action of the pipeline.
  private func addRun(_ pipeline: String, _ artifacts: CrateArtifacts) {
    var run = Entity(Self.run, "CreateAction")
    run.state("name", "run of \(plan.name)")
    let overrides = edition.session.request.overrides.map { PlainText.of($0.text) }
    run.state(
      "description",
      "\(ledger.all.results) steps with a result, of which \(ledger.all.failures) failed"
        + (overrides.isEmpty ? "" : "; with " + overrides.map { "--set \($0)" }.joined(separator: " ")))
    run.refer("instrument", IRI.path(pipeline))
    run.state("startTime", UTC.text(ledger.all.started, zone: "+00:00"))
    run.state("endTime", UTC.text(ledger.all.finished, zone: "+00:00"))
    run.refer("agent", IRI.lab(imprint.lab))
    run.refer("object", artifacts.inputIDs)
    run.refer("result", artifacts.resultIDs)
    state(nil, of: &run)
    graph.add(run)
  }

  /// The actions that say which stage of the pipeline has started which steps, and that the program has started these.
  private func addControls(_ actions: [(key: Int, value: [String])]) {
    var controls: [String] = []
    for (node, ids) in actions {
      let name = plan.nodes[node].name
      var control = Entity("#control/\(IRI.path(name))", "ControlAction")
      control.state("name", "orchestrate \(name)")
      control.refer("instrument", IRI.step(name))
      control.refer("object", ids)
      graph.add(control)
      controls.append(control.id)
    }
    var organize = Entity("#organize", "OrganizeAction")
    organize.state("name", "run of \(plan.name) by bioarc")
    organize.refer("instrument", Self.engine)
    organize.refer("agent", IRI.lab(imprint.lab))
    organize.refer("object", controls)
    organize.refer("result", Self.run)
    graph.add(organize)
  }
}
