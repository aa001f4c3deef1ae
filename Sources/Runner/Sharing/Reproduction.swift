package import Artifacts
import JSON

/// The outcome of computing again what another lab claims.
package enum Reproduction: Hashable, Sendable {
  /// Every byte is the same.
  case same
  /// Another numeric environment gave other bytes, whose figures agree within a tolerance.
  case agrees(within: Double)
  /// Other bytes, whether in the same numeric environment or another one.
  case differs(elsewhere: Bool)

  /// Compares two results of a step. In the same numeric environment nothing may differ.
  ///
  /// - Parameters:
  ///   - tolerance: that of the step's stage.
  ///   - figures: the kind of outputs whose figures it is about; others may differ.
  ///   - bytes: the content of an output; nil where it cannot be had.
  package init(
    _ own: ResultRecord, _ theirs: ResultRecord, tolerance: Double?, figures: ArtifactKind,
    bytes: (ResultRecord.Output) -> [UInt8]?
  ) {
    let isElsewhere = own.ownEnvironment != theirs.ownEnvironment
    if own.agrees(with: theirs) {
      self = .same
    } else if isElsewhere, let tolerance, let pairs = Self.pairs(own, theirs, figures),
      pairs.allSatisfy({ Self.agree(bytes($0), bytes($1), tolerance) })
    {
      self = .agrees(within: tolerance)
    } else {
      self = .differs(elsewhere: isElsewhere)
    }
  }

  /// The outputs of a kind in both records, at the same ports; nil where there are none, or not the same ones.
  private static func pairs(
    _ own: ResultRecord, _ theirs: ResultRecord, _ kind: ArtifactKind
  ) -> [(ResultRecord.Output, ResultRecord.Output)]? {
    guard case .outputs(let own) = own.outcome, case .outputs(let theirs) = theirs.outcome,
      Set(own.keys) == Set(theirs.keys)
    else { return nil }
    let ports = own.filter { $0.value.artifact.kind == kind }.keys.sorted()
    let pairs = ports.compactMap { port in theirs[port].flatMap { other in own[port].map { ($0, other) } } }
    return pairs.isEmpty ? nil : pairs
  }

  private static func agree(_ a: [UInt8]?, _ b: [UInt8]?, _ tolerance: Double) -> Bool {
    guard let a, let b, let first = try? JSON(parsing: a), let second = try? JSON(parsing: b) else { return false }
    return agree(first, second, tolerance)
  }

  /// Whether two documents have the same names, and at each the same text, or numbers whose difference is at most the
  /// tolerance, relative to numbers above 1.
  private static func agree(_ a: JSON, _ b: JSON, _ tolerance: Double) -> Bool {
    switch (a, b) {
    case (.null, .null): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.string(let a), .string(let b)): return a == b
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { agree($0, $1, tolerance) }
    case (.object(let a), .object(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.key == $1.key && agree($0.value, $1.value, tolerance) }
    default:
      guard let a = a.number, let b = b.number else { return false }
      return abs(a - b) <= tolerance * max(1, abs(a), abs(b))
    }
  }
}
