import Artifacts
import Explaining
import PageWriting
import Plans
import Resolving
import Stores
import Tables
import Wording

/// The origins of results: inputs by their digests, kernels, versions of stages; what is gone of them.
enum ProvenanceSection {
  /// Steps of a stage whose records are looked at.
  private static let looked = 200

  static func section(_ run: ReportedRun) throws -> Section {
    var environments: [[String: String]: (count: Int, labs: Set<String>)] = [:]
    var stages: [[String]] = []
    var inputs: [[String]] = []
    var (seen, count) = (0, 0)
    for node in run.nodes {
      count += node.count
      var versions: Set<String> = []
      for item in (0..<node.count).spread(looked) {
        seen += 1
        if let record = run.record(node.key(item)) {
          var known = environments[record.ownEnvironment] ?? (0, [])
          known.count += 1
          if let lab = record.claimant { known.labs.insert(lab) }
          environments[record.ownEnvironment] = known
        }
      }
      if let key = (0..<node.count).lazy.compactMap(node.key).first,
        let identity = try run.store.identity(key)?.identity
      {
        versions.insert("\(identity.stage) \(identity.version)")
        for (port, bound) in identity.ports.sorted(by: { $0.key < $1.key }) {
          guard case .one(let artifact) = bound, isInput(port, node, run.plan) else { continue }
          let line = [
            artifact.kind.name, artifact.format, Words.bytes(artifact.size), artifact.digest.hex,
          ]
          if !inputs.contains(line) { inputs.append(line) }
        }
      }
      stages.append([node.name, versions.sorted().joined(separator: ", "), Words.grouped(node.count)])
    }
    var blocks: [Block] = [
      .table("Stages and their versions", Table(["stage", "runs", "steps"], numeric: [2], rows: stages))
    ]
    if !inputs.isEmpty {
      blocks.append(
        .table(
          "Inputs, by the first step of each stage",
          Table(["kind", "format", "size", "SHA-256"], numeric: [2], rows: inputs)))
    }
    let rows = environments.map { facts, known in
      [
        facts.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n"),
        Words.grouped(known.count), known.labs.isEmpty ? "here" : known.labs.sorted().joined(separator: ", "),
      ]
    }
    if !rows.isEmpty {
      blocks.append(
        .table(
          "Environments of results",
          Table(["environment", "results", "made by"], numeric: [1], rows: rows.sorted { $0[0] < $1[0] })))
    }
    if seen < count {
      blocks.append(
        .lines([
          "\(Words.grouped(seen)) of \(Words.grouped(count)) records were looked at, \(looked) of each stage at most"
        ]))
    }
    if !run.gone.isEmpty {
      let shown = run.gone.prefix(20)
      let more = run.gone.count > shown.count ? ", and \(run.gone.count - shown.count) more" : ""
      blocks.append(
        .lines([
          "Gone from the store, so that the page lacks them: \(shown.joined(separator: ", "))\(more). The records of "
            + "their steps are there; 'bioarc run' with '--force' makes them again."
        ]))
    }
    return Section("provenance", "Provenance", blocks)
  }

  private static func isInput(_ port: String, _ node: ReportedNode, _ plan: Plan?) -> Bool {
    switch node.planned?.ports[port]?.source {
    case .input?: return true
    case .axis(let axis)?:
      if case .inputs? = plan?.axes[axis].items { return true }
      return false
    default: return false
    }
  }
}
