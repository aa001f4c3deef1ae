import Artifacts
import Inputs
import Rankings
import Stores
import TaskStages

/// The results that a ranking read of one model on one task: its metrics, and its predictions where they are kept.
struct Measured {
  let task: String
  let replicate: String
  var metrics: MetricsDocument?
  var predictions: PredictionsArtifact?

  /// The results that the ranking read at a port of the model with these ids, a value for each task and replicate, by
  /// their names.
  static func all(_ run: ReportedRun, _ ranked: RankedResult, at port: String, _ ids: [String]) -> [Measured] {
    guard let key = ranked.output.node.key(ranked.output.item), let found = try? run.store.identity(key) else {
      return []
    }
    var measured: [[String]: Measured] = [:]
    for (name, bound) in found.identity.ports.sorted(by: { $0.key < $1.key }) where PortPlace(name).port == port {
      guard case .gathered(let items) = bound else {
        if case .one(let artifact) = bound, ids.isEmpty { add(artifact, [:]) }
        continue
      }
      for item in items where (item.ids["candidate"] ?? []) == ids {
        if let artifact = item.artifact { add(artifact, item.ids) }
      }
    }
    return measured.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)

    func add(_ reference: ArtifactReference, _ roles: [String: [String]]) {
      let names = ["task", "replicate"].map { (roles[$0] ?? []).joined(separator: ",") }
      guard let artifact = run.artifact(reference, found.sources) else { return }
      var own = measured[names] ?? Measured(task: names[0], replicate: names[1])
      switch reference.kind {
      case .metrics:
        own.metrics = (try? artifact.bytes()).flatMap { try? JSONArtifact.decode(MetricsDocument.self, $0) }
      case .predictions: own.predictions = try? PredictionsArtifact(artifact, only: "test")
      default: break
      }
      measured[names] = own
    }
  }
}
