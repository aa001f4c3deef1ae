/// A step without a result to look at.
package struct Absent: Error, CustomStringConvertible {
  package enum Cause {
    case noResult
    case failed(String)
    /// There is a record, and its bytes are gone: why, and how to get them back.
    case noBytes(String, String)
  }
  /// The step or output.
  package let name: String
  package let cause: Cause
  /// The pipeline.
  package let file: String

  package init(name: String, cause: Cause, file: String) {
    self.name = name
    self.cause = cause
    self.file = file
  }

  package var description: String {
    switch cause {
    case .noResult: "\(fact); 'bioarc run \(file)' makes it"
    case .failed: fact
    case .noBytes(_, let advice): "\(fact); \(advice)"
    }
  }

  /// The description without advice.
  package var fact: String {
    switch cause {
    case .noResult: "\(name) has no result yet"
    case .failed(let message): "\(name) failed: \(message)"
    case .noBytes(let reason, _): "the bytes of \(name) \(reason)"
    }
  }

  /// The lines about several: those without a result have one.
  package static func lines(_ all: [Absent]) -> [String] {
    var (names, others): ([String], [Absent]) = ([], [])
    for absent in all {
      if case .noResult = absent.cause { names.append(absent.name) } else { others.append(absent) }
    }
    var lines = others.prefix(10).map { "error: \($0)" }
    if others.count > 10 { lines.append("and \(others.count - 10) more that failed or whose bytes are gone") }
    if let first = all.first, names.count > 1 {
      let list = names.prefix(10).joined(separator: ", ") + (names.count > 10 ? " and \(names.count - 10) more" : "")
      lines.append("error: \(names.count) steps have no result yet: \(list); 'bioarc run \(first.file)' makes them")
    } else if let first = all.first(where: { $0.name == names.first }) {
      lines.append("error: \(first)")
    }
    return lines
  }
}
