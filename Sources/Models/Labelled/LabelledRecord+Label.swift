extension LabelledRecord {
  /// The class of a record of one class.
  package var number: Int {
    if case .number(let number) = label { number } else { preconditionFailure("no class: \(label)") }
  }

  /// The classes of a record of a set.
  package var members: [Int] {
    if case .set(let members) = label { members } else { preconditionFailure("no set: \(label)") }
  }

  /// The value of a record of a value.
  package var value: Double {
    if case .value(let value) = label { value } else { preconditionFailure("no value: \(label)") }
  }

  /// The classes of the letters of a record of letters.
  package var letters: [Int32] {
    if case .letters(let letters) = label { letters } else { preconditionFailure("no letters: \(label)") }
  }
}
