/// The findings of one reading: errors and warnings, each list cut at `cap`, with the full counts.
package struct SequenceFindings: Error, Hashable, Sendable, CustomStringConvertible {
  /// The number of findings of each sort that are kept.
  package static let cap = 20
  package private(set) var errors: [SequenceError] = []
  package private(set) var errorCount = 0
  package private(set) var warnings: [SequenceError] = []
  package private(set) var warningCount = 0
  private var errorKinds: [Kind] = []
  private var warningKinds: [Kind] = []

  /// Findings that say the same of several places.
  private struct Kind: Hashable {
    let first: SequenceError
    var count: Int
  }

  package init() {}

  /// Adds an error.
  package mutating func add(_ error: SequenceError) {
    errorCount += 1
    if errors.count < Self.cap { errors.append(error) }
    Self.count(Kind(first: error, count: 1), in: &errorKinds)
  }

  /// Adds a warning.
  package mutating func warn(_ warning: SequenceError) {
    warningCount += 1
    if warnings.count < Self.cap { warnings.append(warning) }
    Self.count(Kind(first: warning, count: 1), in: &warningKinds)
  }

  /// Adds the findings of another reading after these.
  package mutating func add(_ other: SequenceFindings) {
    errors = Array((errors + other.errors).prefix(Self.cap))
    warnings = Array((warnings + other.warnings).prefix(Self.cap))
    errorCount += other.errorCount
    warningCount += other.warningCount
    for kind in other.errorKinds { Self.count(kind, in: &errorKinds) }
    for kind in other.warningKinds { Self.count(kind, in: &warningKinds) }
  }

  private static func count(_ kind: Kind, in kinds: inout [Kind]) {
    let place = kinds.firstIndex { $0.first.message == kind.first.message && $0.first.file == kind.first.file }
    if let place {
      kinds[place].count += kind.count
    } else if kinds.count < cap {
      kinds.append(kind)
    }
  }

  /// Throws the findings when one is an error; warnings do not count.
  package func check() throws(SequenceFindings) { if errorCount > 0 { throw self } }

  /// Findings that say the same of several places of a file, as a person reads them: the first, and how many more.
  package struct Line: Hashable, Sendable {
    package let text: String
    package let option: String?
    package let isWarning: Bool
    package let count: Int

    package init(text: String, option: String?, isWarning: Bool, count: Int) {
      self.text = text
      self.option = option
      self.isWarning = isWarning
      self.count = count
    }
  }

  /// Errors first. `completed` may add to a message.
  package func lines(_ completed: (String) -> String = { $0 }) -> [Line] {
    lines(errorKinds, of: errorCount, isWarning: false, completed)
      + lines(warningKinds, of: warningCount, isWarning: true, completed)
  }

  private func lines(
    _ kinds: [Kind], of total: Int, isWarning: Bool, _ completed: (String) -> String
  ) -> [Line] {
    var lines = kinds.map { kind in
      let more = kind.count == 1 ? "" : " (and \(kind.count - 1) more like this)"
      return Line(
        text: completed(kind.first.description) + more, option: kind.first.option, isWarning: isWarning,
        count: kind.count)
    }
    let rest = total - kinds.reduce(0) { $0 + $1.count }
    if rest > 0 {
      let noun = (isWarning ? "warning" : "error") + (rest == 1 ? "" : "s")
      lines.append(Line(text: "and \(rest) more \(noun)", option: nil, isWarning: isWarning, count: rest))
    }
    return lines
  }

  /// One line each, errors first.
  package var description: String {
    lines().map { ($0.isWarning ? "warning: " : "") + $0.text }.joined(separator: "\n")
  }
}
