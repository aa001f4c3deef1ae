extension StageDeclaration {
  /// The identity of a step of this stage: those of `parameters` that belong into a key and differ from their neutral
  /// values.
  /// `parameters` are in their declared types. Resource parameters, and names that are not declared, are left out.
  package func identity(parameters values: [String: Value], ports: [String: PortIdentity]) -> StepIdentity {
    var identity = StepIdentity(stage: name, version: version, parameters: [:], horizon: [:], ports: ports)
    for parameter in parameters where parameter.role != .resource {
      guard let value = values[parameter.name], !parameter.isNeutral(value) else { continue }
      if parameter.role == .horizon {
        identity.horizon[parameter.name] = value
      } else {
        identity.parameters[parameter.name] = value
      }
    }
    return identity
  }

  /// The parameter that says how long a training is: the first horizon parameter. The parameters behind
  /// it are about the end.
  package var length: Parameter? { parameters.first { $0.role == .horizon } }

  /// A step of this stage as a training.
  package func training(_ identity: StepIdentity) -> TrainingIdentity {
    var onsets: [String: Int] = [:]
    for parameter in parameters {
      guard let onset = parameter.onset else { continue }
      guard case .int(let start)? = identity.parameters[onset] ?? self.parameter(onset)?.neutral else {
        preconditionFailure("'\(onset)', the onset of '\(parameter.name)', is not a whole number")
      }
      onsets[parameter.name] = start
    }
    return TrainingIdentity(identity, onsets: onsets)
  }
}
