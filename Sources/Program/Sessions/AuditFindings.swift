import Artifacts
import AuditStages
import Inputs
import JSON
import Plans
package import Resolving
import Running
import Stores
import TaskStages

/// The findings of audits that stand beside a score: those of the same pipeline about the tasks that its step reads.
package struct AuditFindings {
  /// One audit.
  package struct Audited: Encodable {
    /// The address of its step.
    package let audit: String
    /// Its grave and notable findings in short.
    package let words: String
    private let findings: JSON

    fileprivate init(_ audit: String, _ document: AuditDocument, _ findings: JSON) {
      (self.audit, words, self.findings) = (audit, document.words, findings)
    }
  }

  private var byTask: [ArtifactReference: [Audited]] = [:]

  /// Reads the audits that have results, where scores are among the outputs. Throws the store's errors.
  package init(for outputs: [OutputAddress], _ session: Session, _ resolution: Resolution) throws {
    guard outputs.contains(where: { $0.output.artifact.kind == .metrics }) else { return }
    for (index, node) in session.plan.nodes.enumerated() {
      guard let port = node.declaration.outputs.first(where: { $0.kind == .audit })?.name else { continue }
      for step in resolution.steps(of: index) where resolution.isUpToDate(step) {
        guard case .outputs(let outputs)? = try resolution.record(of: step)?.outcome, let output = outputs[port],
          let key = resolution.key(of: step), let bytes = try? session.artifact(output, of: key).bytes(),
          let document = try? JSONArtifact.decode(AuditDocument.self, bytes),
          let json = try? JSONArtifact.parse(bytes)["findings"]
        else { continue }
        for task in try Self.tasks(of: step, resolution) {
          byTask[task, default: []].append(Audited(resolution.address(step), document, json))
        }
      }
    }
  }

  /// The audits of the tasks whose scores an output is; none for other outputs. Throws the store's errors.
  package func about(_ output: OutputAddress, _ resolution: Resolution) throws -> [Audited] {
    guard output.output.artifact.kind == .metrics else { return [] }
    return try Self.tasks(of: output.step, resolution).flatMap { byTask[$0] ?? [] }
  }

  /// The tasks that a step with a key binds.
  private static func tasks(of step: StepIndex, _ resolution: Resolution) throws -> [ArtifactReference] {
    guard resolution.key(of: step) != nil else { return [] }
    return try resolution.identity(of: step).identity.ports.sorted { $0.key < $1.key }.flatMap { name, port in
      guard PortPlace(name).port == "task" else { return [] as [ArtifactReference] }
      switch port {
      case .one(let artifact): return [artifact]
      case .gathered(let items): return items.compactMap(\.artifact)
      }
    }
  }
}
