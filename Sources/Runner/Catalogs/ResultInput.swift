import Artifacts
import Plans
import Stores
import YAML

/// An input that is an output of a result, which somebody's pipeline has made: the reference that a step binds is the
/// one that it would bind had the step been its own.
struct ResultInput {
  let key: Digest
  /// The port; nil where the step has one.
  let port: String?
  let kind: ArtifactKind
  let position: Position

  /// The output in a store. Throws an `InputFinding` where it has none that counts.
  func output(_ store: Store, _ others: (any ResultsOfOthers)?) throws -> ResultRecord.Output {
    guard let record = try store.result(key), let identity = try store.identity(key)?.identity else {
      throw fault(
        "is not in this store, and no lab that is trusted here has it at a remote: 'bioarc remote add', 'bioarc trust "
          + "add' and 'bioarc import' are ways to it")
    }
    if let lab = record.claimant, let row = try store.row(key) {
      guard try others?.believes(row, of: ClaimedStep(key: key, stage: identity.stage)) ?? false else {
        throw fault("is of '\(lab)', whose results of the stage '\(identity.stage)' do not count here")
      }
    }
    switch record.outcome {
    case .failure(let code, let message):
      throw fault("is a failure of the stage '\(identity.stage)': \(code), \(message)")
    case .outputs(let outputs):
      let names = outputs.keys.sorted().joined(separator: ", ")
      guard let name = port ?? (outputs.count == 1 ? outputs.keys.first : nil) else {
        throw fault("has several outputs: name one by 'output', of \(names)")
      }
      guard let output = outputs[name] else { throw fault("has no output '\(name)'; its outputs: \(names)") }
      guard output.artifact.kind == kind else {
        throw fault("has an output '\(name)' of the kind \(output.artifact.kind), and not \(kind)")
      }
      return output
    }
  }

  private func fault(_ text: String) -> InputFinding {
    InputFinding(position: position, message: "the result \(key.short) \(text)")
  }
}
