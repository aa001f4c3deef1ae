/// The type of a parameter: the values that it accepts, and their form in a key.
package indirect enum ParameterType: Hashable, Sendable {
  case bool
  case int(ClosedRange<Int>)
  case float(ClosedRange<Double>)
  case string
  case choice([String])
  case list(ParameterType)

  /// `value` as this type writes it (an integer where a number is asked is that number), or the reason it does not fit.
  package func accept(_ value: Value) -> Result<Value, Mismatch> {
    switch (self, value) {
    case (.bool, .bool), (.string, .string): return .success(value)
    case (.int(let range), .int(let number)):
      return range.contains(number) ? .success(value) : .failure(Mismatch(expected: description))
    case (.int(let range), .float(let number)):
      // JSON Schema, and with it an editor, holds 40.0 for an integer.
      guard let whole = Int(exactly: number), range.contains(whole) else {
        return .failure(Mismatch(expected: description))
      }
      return .success(.int(whole))
    case (.float(let range), .int(let number)):
      guard range.contains(Double(number)) else { return .failure(Mismatch(expected: description)) }
      return .success(.float(Double(number)))
    case (.float(let range), .float(let number)):
      guard number.isFinite, range.contains(number) else { return .failure(Mismatch(expected: description)) }
      return .success(.float(number == 0 ? 0 : number))
    case (.choice(let names), .string(let name)):
      return names.contains(name) ? .success(value) : .failure(Mismatch(expected: description, choices: names))
    case (.list(let element), .list(let values)):
      var accepted: [Value] = []
      for value in values {
        switch element.accept(value) {
        case .success(let value): accepted.append(value)
        case .failure(let mismatch): return .failure(mismatch)
        }
      }
      return .success(.list(accepted))
    default: return .failure(Mismatch(expected: description))
    }
  }

  /// The reason for which a value does not fit: what was expected, and the names to choose from where there are some.
  package struct Mismatch: Error, Equatable {
    package let expected: String
    package let choices: [String]
    package init(expected: String, choices: [String] = []) {
      self.expected = expected
      self.choices = choices
    }
  }
}

extension ParameterType: CustomStringConvertible {
  /// The expected values, in words that fit after "expected".
  package var description: String {
    switch self {
    case .bool: "true or false"
    case .int(let range): Self.words("an integer", range.lowerBound, range.upperBound, .min, .max)
    case .float(let range):
      Self.words(
        "a number", range.lowerBound, range.upperBound, -Double.greatestFiniteMagnitude, Double.greatestFiniteMagnitude)
    case .string: "a string"
    case .choice(let names): "one of " + names.joined(separator: ", ")
    case .list(let element): "a list, each \(element)"
    }
  }

  private static func words<T: Comparable>(_ noun: String, _ low: T, _ high: T, _ least: T, _ most: T) -> String {
    let write = { (bound: T) in (bound as? Double).map { Value.float($0).description } ?? "\(bound)" }
    if low == least && high == most { return noun }
    if high == most { return "\(noun) of at least \(write(low))" }
    if low == least { return "\(noun) of at most \(write(high))" }
    return "\(noun) from \(write(low)) to \(write(high))"
  }
}
