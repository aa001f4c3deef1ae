import Artifacts
import Catalogs
import Console
import Explaining
import Files
import Plans
import Reports
import Resolving
import Running
import Sessions
import Sharing
import Stores
import Syntax
import System

/// Resolves plans against their stores, which stay open, as the digests of inputs are kept.
final class StandingReader {
  private var opened: [String: (store: Store, catalog: InputCatalog)] = [:]

  /// How the stages of `plan` stand; what is in the way is told in words.
  func standing(of plan: Plan) -> PipelineStanding {
    let root = Places.store(nil, pipeline: plan.file)
    // A store may have been removed, and another be there by now.
    if opened[root] != nil, let standing = try? read(plan, root) { return standing }
    opened[root] = nil
    do { return try read(plan, root) } catch let complaint as Complaint {
      return PipelineStanding(obstacle: complaint.text)
    } catch { return PipelineStanding(obstacle: "\(error)") }
  }

  private func read(_ plan: Plan, _ root: String) throws -> PipelineStanding {
    var request = PipelineRequest(pipeline: plan.file, text: [], overrides: [], store: nil, stages: nil)
    request.remotes.isOffline = true
    // A store in memory stands for one that is not there yet.
    let isThere = FileKind(root + "/FORMAT") == .file
    let store = try opened[root]?.store ?? Session.open(request, isReading: true)
    try store.refresh()
    guard let project = try? Project(pipeline: plan.file) else {
      throw Complaint(text: "'\(RemotesFile.name)' has errors", code: 2)
    }
    let peers = try project.peers(of: store, request.remotes)
    let catalog = InputCatalog(
      plan: plan, store: store, registry: .builtIn, others: peers,
      stated: try project.study?.artifacts(of: plan) ?? [:], keepsNothing: true, besides: opened[root]?.catalog)
    if isThere { opened[root] = (store, catalog) }
    let selection = Selection(plan: plan, only: [], from: [], force: [])
    let findings = catalog.resolve(selection)
    if let bad = findings.first(where: { !$0.isWarning }) {
      return PipelineStanding(findings: findings.map(\.diagnostic), obstacle: bad.message)
    }
    let resolution = try Resolution(plan: plan, store: store, catalog: catalog, selection: selection, others: peers)
    return PipelineStanding(stages: try stages(of: resolution), findings: findings.map(\.diagnostic))
  }

  private func stages(of resolution: Resolution) throws -> [String: PipelineStanding.Stage] {
    let past = try Past(plan: resolution.plan, store: resolution.store)
    let explainer = Explainer(resolution, past: past)
    let forecast = try Forecaster(resolution, past: past, cores: Machine.cores).forecast()
    var stages: [String: PipelineStanding.Stage] = [:]
    for (node, part) in forecast.parts.enumerated() {
      let name = resolution.plan.nodes[node].name
      let excerpts = try resolution.unsettled(node).map { try explainer.excerpt(for: $0[0]) }
      let text = LensText(counts: resolution.counts(of: node), part: part, excerpts: excerpts, stage: name)
      let lines = excerpts.map(ReasonText.text) + ReasonText.causes(excerpts)
      stages[name] = .init(
        title: text.title, why: lines.isEmpty ? "\(name): \(text.title)" : lines.joined(separator: "\n"))
    }
    return stages
  }
}
