import Artifacts

/// A line by which a command tells something on its standard output. It starts with `bioarc`; every other line goes to
/// the log.
///
///     bioarc progress DONE/TOTAL UNIT [DETAIL]
///     bioarc metric STEP VALUE NAME
///     bioarc warning TEXT
///     bioarc environment NAME TEXT     where it was computed: kept beside the result, in no digest
///     bioarc failure CODE TEXT         the same inputs will always fail like this: the failure is the step's result
enum CommandMessage: Equatable {
  case report(StageReport)
  case environment(name: String, text: String)
  case failure(StageFailure)
  /// A line that starts with `bioarc` and has none of these forms.
  case malformed
  /// Any other line.
  case other

  init(_ line: String) {
    guard line == "bioarc" || line.hasPrefix("bioarc ") else {
      self = .other
      return
    }
    let words = line.split(separator: " ", maxSplits: 2).map(String.init)
    self = words.count == 3 ? Self.message(words[1], words[2]) : .malformed
  }

  private static func message(_ verb: String, _ rest: String) -> CommandMessage {
    let words = rest.split(separator: " ", maxSplits: 1).map(String.init)
    guard let first = words.first else { return .malformed }
    switch verb {
    case "progress":
      let numbers = first.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      let text = (words.count > 1 ? words[1] : "").split(separator: " ", maxSplits: 1).map(String.init)
      guard numbers.count == 2, let done = numbers[0], let total = numbers[1], 0...max(total, 0) ~= done else {
        return .malformed
      }
      return .report(.progress(done: done, total: total, unit: text.first ?? "", detail: text.last(after: 1)))
    case "metric":
      let fields = rest.split(separator: " ", maxSplits: 2).map(String.init)
      guard fields.count == 3, let step = Int(fields[0]), let value = Double(fields[1]) else { return .malformed }
      return .report(.metric(name: fields[2], step: step, value: value))
    case "warning": return .report(.warning(rest))
    case "environment" where words.count == 2: return .environment(name: words[0], text: words[1])
    case "failure" where words.count == 2: return .failure(StageFailure(code: words[0], words[1]))
    default: return .malformed
    }
  }
}

extension [String] {
  /// The last element, if there are more than `count`; else nothing.
  fileprivate func last(after count: Int) -> String { self.count > count ? self[self.count - 1] : "" }
}
