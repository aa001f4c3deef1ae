import Artifacts
package import Explaining
import Plans
import Wording

/// The consequences of a supposed change for one stage, for people.
package enum SuppositionText {
  package static func text(_ part: Explainer.Part, _ forecast: ForecastText) -> String {
    let estimate = forecast.forecast.parts[part.node]
    let name = forecast.plan.nodes[part.node].name
    var lines: [String] = []
    let time = forecast.expected(part.node)
    let expected = time == "?" ? "; how long is unknown" : "; expected \(time) in all"
    if estimate.certain > 0 {
      lines.append("\(name): \(Words.count(estimate.certain, "step")) will run\(estimate.waiting > 0 ? "" : expected)")
    }
    if estimate.isOpen { lines.append("\(name): \(forecast.open(part.node))\(expected)") }
    if estimate.waiting > 0 {
      let count = Words.count(estimate.waiting, "step")
      let sources = part.waitsFor.map { "'\(forecast.plan.nodes[$0].name)'" }.joined(separator: ", ")
      let isOne = part.waitsFor.count == 1
      lines.append(
        estimate.isNew
          ? "\(name): \(count) will run when \(sources) \(isOne ? "has" : "have")\(expected)"
          : "\(name): at most \(count), unless \(sources) \(isOne ? "comes" : "come") out as before\(expected)")
    }
    var seen: [String] = []
    for reason in part.reasons {
      if reason.changes.isEmpty { lines.append("  \(reason.step) \(ReasonText.verdict(reason))") }
      for change in reason.changes.map(ReasonText.words) where !seen.contains(change) {
        seen.append(change)
      }
    }
    lines += ReasonText.list(seen)
    if part.anyway > 0 { lines.append("  \(part.anyway) of them will run anyway") }
    return lines.joined(separator: "\n")
  }
}

/// The consequences of a supposed change, as JSON.
package struct SuppositionDocument: Encodable {
  struct Part: Encodable {
    let stage: String
    let certain: Int
    let waiting: Int
    /// Whether an axis is not known yet, and with it how many steps wait; there were `asBefore` in the newest run.
    let isOpen: Bool
    let asBefore: Int
    let waitsFor: [String]
    let reasons: [ReasonDocument]
  }
  let stages: [Part]
  let forecast: ForecastText.Document
  /// The pipeline as it is.
  let now: ForecastText.Document

  package init(_ parts: [Explainer.Part], _ forecast: ForecastText, now: ForecastText) {
    stages = parts.map { part in
      let estimate = forecast.forecast.parts[part.node]
      return Part(
        stage: part.name, certain: estimate.certain, waiting: estimate.waiting, isOpen: estimate.isOpen,
        asBefore: estimate.asBefore, waitsFor: part.waitsFor.map { forecast.plan.nodes[$0].name },
        reasons: part.reasons.map { ReasonDocument($0) })
    }
    self.forecast = forecast.document
    self.now = now.document
  }
}
