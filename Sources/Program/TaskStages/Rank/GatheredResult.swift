import Artifacts
import Inputs

/// The artifacts of one model on one task that a port gathers side by side: its metrics, and its predictions.
struct GatheredResult {
  /// By role.
  let ids: [String: [String]]
  /// nil: they are not bound, or the step failed.
  private(set) var metrics: MetricsDocument?
  private(set) var predictions: PredictionsArtifact?

  /// The ids of all roles, in the order of these.
  var name: String {
    ids.sorted { $0.key < $1.key }.flatMap(\.value).filter { !$0.isEmpty }.joined(separator: ",")
  }

  /// The results at a port, in the order of their first items. Throws a `StageFailure` with `code` for ids that have
  /// two artifacts of a kind.
  /// - Parameter only: the split whose predictions are kept; nil keeps all.
  static func all(_ inputs: [StageInput], only split: String? = nil, code: String) throws -> [GatheredResult] {
    var results: [GatheredResult] = []
    var places: [[String: [String]]: Int] = [:]
    for input in inputs {
      let place = places[input.ids] ?? results.count
      if place == results.count {
        places[input.ids] = place
        results.append(GatheredResult(ids: input.ids))
      }
      guard let artifact = input.artifact else { continue }
      let isOfPredictions = artifact.reference.kind == .predictions
      guard isOfPredictions ? results[place].predictions == nil : results[place].metrics == nil else {
        let name = results[place].name
        throw StageFailure(
          code: code,
          "\(name.isEmpty ? "the port" : name) has two \(artifact.reference.kind.name): the ids that 'over' gives to a "
            + "model are its own")
      }
      if isOfPredictions {
        results[place].predictions = try PredictionsArtifact(artifact, only: split)
      } else {
        results[place].metrics = try JSONArtifact.decode(MetricsDocument.self, artifact.bytes())
      }
    }
    return results
  }
}
