package import Artifacts
package import Console
import Files
package import Plans
package import Resolving
import Stores
import Wording

/// One output of one step, as the verbs on results address it: `STEP` or `STEP.PORT`.
package struct OutputAddress {
  package let step: StepIndex
  package let port: String
  package let output: ResultRecord.Output
  package let artifact: any InputArtifact
  /// The names of the axes that the step has gathered, by role.
  package let axes: [String: [String]]

  /// Finds the outputs that `text` names, and says why others that it names cannot be shown. None named is an error.
  package static func find(
    _ text: String, in session: Session, _ resolution: Resolution
  ) throws -> (outputs: [OutputAddress], absent: [Absent]) {
    let (name, port) = split(text, session.plan)
    var (found, absent): ([OutputAddress], [Absent]) = ([], [])
    for step in try session.steps(name, in: resolution) {
      do { found += try outputs(of: step, port: port, session, resolution) } catch let missing as Absent {
        absent.append(missing)
      }
    }
    return (found, absent)
  }

  /// Finds all outputs that `text` names; one that is not there is an error.
  package static func findAll(_ text: String, in session: Session, _ resolution: Resolution) throws -> [OutputAddress] {
    let (outputs, absent) = try find(text, in: session, resolution)
    if let first = absent.first { throw Complaint.failure("\(first)") }
    return outputs
  }

  /// The part after a dot behind the last bracket is a port, if a stage of that name is not in the plan.
  package static func split(_ text: String, _ plan: Plan) -> (step: String, port: String?) {
    let tail = text.lastIndex(of: "]") ?? text.startIndex
    guard !plan.nodes.contains(where: { $0.name == text }), let dot = text[tail...].lastIndex(of: ".") else {
      return (text, nil)
    }
    return (String(text[..<dot]), String(text[text.index(after: dot)...]))
  }

  /// The outputs of a step that has a result, or those of one port; of all, those that are kept on demand are left out
  /// where they were not. Throws `Absent` where there is nothing to look at.
  package static func outputs(
    of step: StepIndex, port: String?, _ session: Session, _ resolution: Resolution
  ) throws -> [OutputAddress] {
    let node = session.plan.nodes[step.node]
    let address = resolution.address(step)
    if let port, node.declaration.output(port) == nil {
      let known = node.declaration.outputs.map(\.name).joined(separator: ", ")
      throw Complaint.usage("'\(node.name)' has no output '\(port)'; it has \(known)")
    }
    switch try resolution.record(of: step)?.outcome {
    case .failure(_, let message)?: throw Absent(name: address, cause: .failed(message), file: session.plan.file)
    case nil: throw Absent(name: address, cause: .noResult, file: session.plan.file)
    case .outputs(let outputs)?:
      let key = resolution.key(of: step)
      let axes = Self.axes(node, session.plan)
      return try node.declaration.outputs.filter { port == nil || $0.name == port }.compactMap { declared in
        guard let output = outputs[declared.name], let key else { return nil }
        if port != nil || !declared.isOnDemand { try session.fetch(output) }
        if declared.isOnDemand, try !session.store.holds(output) {
          if port == nil { return nil }
          let advice = restoring(step, keeping: declared.name, session, resolution)
          throw Absent(
            name: "\(address).\(declared.name)", cause: .noBytes("were not kept, or were evicted", advice),
            file: session.plan.file)
        }
        do {
          let artifact = try session.artifact(output, of: key)
          return OutputAddress(step: step, port: declared.name, output: output, artifact: artifact, axes: axes)
        } catch StoreError.missing(let digest) {
          let reason =
            try session.store.isEvicted(digest) ? "were evicted to free space, or were in no bundle" : "are gone"
          let advice = restoring(step, session, resolution)
          throw Absent(name: "\(address).\(declared.name)", cause: .noBytes(reason, advice), file: session.plan.file)
        }
      }
    }
  }

  /// The axes that a node gathers, by role, as its first port that gathers names them.
  package static func axes(_ node: Plan.Node, _ plan: Plan) -> [String: [String]] {
    let gathering = node.declaration.inputs.first { !$0.roles.isEmpty && node.ports[$0.name] != nil }
    return gathering.flatMap { node.ports[$0.name] }?.over.mapValues { ids in
      ids.map { id in
        switch id {
        case .axis(let axis): plan.axes[axis].name
        case .constant(let axis, _): axis
        }
      }
    } ?? [:]
  }

  /// The way to get the bytes of a result back.
  private static func restoring(
    _ step: StepIndex, keeping port: String? = nil, _ session: Session, _ resolution: Resolution
  ) -> String {
    let address = resolution.address(step)
    let name = address.contains("[") ? "'\(address)'" : address
    let time = resolution.duration(of: step).map { " (it took \(Words.seconds($0)))" } ?? ""
    if let port { return "'bioarc run \(session.plan.file) --only \(name) --keep \(port)' makes them again" }
    return "'bioarc run \(session.plan.file) --only \(name) --force \(name)' makes them again\(time)"
  }
}

extension Session {
  /// The artifact that a step with that key wrote at a port.
  package func artifact(_ output: ResultRecord.Output, of key: Digest) throws -> any InputArtifact {
    var sources: [Digest: Digest] = [:]
    if output.manifest != nil { sources[output.artifact.digest] = key }
    for digest in output.inline.keys { sources[digest] = key }
    return try artifact(output.artifact, sources)
  }
}
