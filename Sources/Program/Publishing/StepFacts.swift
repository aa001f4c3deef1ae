import Artifacts
import Resolving

/// A step with its result, as documents tell it.
struct StepFacts {
  let step: StepIndex
  let address: String
  let key: Digest
  let record: ResultRecord
  let identity: StepIdentity
  /// The lab that has computed it.
  let maker: String
  /// Whether the lab that publishes has.
  let isOwn: Bool

  /// Seconds since 1970.
  var started: Double { record.finished - record.duration }

  /// Ascending by port; none of a failure.
  var outputs: [(port: String, output: ResultRecord.Output)] {
    guard case .outputs(let outputs) = record.outcome else { return [] }
    return outputs.sorted { $0.key < $1.key }.map { (port: $0.key, output: $0.value) }
  }

  /// The words of a failure; nil for another outcome.
  var failure: String? {
    guard case .failure(let code, let message) = record.outcome else { return nil }
    return PlainText.of("\(code): \(message)")
  }
}
