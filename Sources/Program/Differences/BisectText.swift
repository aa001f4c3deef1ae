import Rankings
import Statistics
import Wording

/// The answer of a bisection, in words and as a document.
package struct BisectText: Encodable {
  package struct Part: Encodable {
    let edits: [String]
    let value: Double
    let low: Double?
    let high: Double?
    /// After Holm's correction.
    let probability: Double?
    let verdict: EditEffects.Verdict

    fileprivate init(_ edits: [String], _ part: EditEffects.Part) {
      self.edits = edits
      (value, low, high, probability, verdict) = (part.value, part.low, part.high, part.probability, part.verdict)
    }
  }

  package enum Answer: String, Encodable {
    /// Something is named.
    case named
    case undecided
    /// The difference is none, or nothing differs.
    case nothing = "nothing to explain"
  }

  let metric: String
  let total: Part
  let parts: [Part]
  /// The edits that were measured only together; nil where there are none.
  let together: Part?
  let interactions: [Part]
  /// Edits of which nothing can be told, as all versions that differ by them alone failed.
  let unmeasured: [String]
  let unresolved: Double
  let atLeast: Double
  let seeds: Int
  let probes: [Bisector.Probe]
  let failures: [Bisector.Failure]
  let notes: [String]
  package let answer: Answer

  /// - Parameter atLeast: the smallest effect that counts; nil: that of `Bisector.noise`.
  package init(_ bisector: Bisector, atLeast: Double?) {
    let (effects, edits) = (bisector.effects(atLeast: atLeast), bisector.edits)
    metric = bisector.measured?.rawValue ?? ""
    total = Part([], effects.total)
    parts = zip(edits, effects.parts).compactMap { edit, part in part.map { Part([edit], $0) } }
      .sorted { abs($0.value) > abs($1.value) }
    together = effects.together.map { Part($0.edits.map { edits[$0] }, $0.part) }
    unmeasured = effects.unmeasured.map { edits[$0] }
    interactions = effects.interactions.map { Part($0.edits.map { edits[$0] }, $0.part) }
    unresolved = effects.unresolved
    self.atLeast = atLeast ?? bisector.noise
    (seeds, probes, failures) = (bisector.seeds.count, bisector.probes, bisector.failures)
    var notes = bisector.notes
    if seeds < 2 {
      notes.append("one seed: errors are those of the rows alone; an axis of seeds tells how much a seed matters")
    } else if seeds < 6, parts.contains(where: { $0.verdict == .undecided }) {
      notes.append("\(seeds) seeds tell little: more of them decide, as --set 'seeds=[1, 2, 3, 4, 5, 6]'")
    }
    if edits.count > EditEffects.whole, !effects.interactions.isEmpty {
      notes.append("interactions are those of edits whose effect depends on the others, with none of these others")
    }
    self.notes = notes
    let joint = effects.interactions + [effects.together].compactMap(\.self)
    let isNamed = (effects.parts.compactMap(\.self) + joint.map(\.part)).contains { $0.verdict == .cause }
    let isNothing = edits.isEmpty || effects.total.verdict == .negligible
    answer = isNamed ? .named : isNothing ? .nothing : .undecided
  }

  /// Lines for a terminal.
  package var lines: [String] {
    var lines = ["\(metric) changed by \(Self.words(total))"]
    for part in parts where part.verdict == .cause { lines.append("cause: \(part.edits[0]): \(Self.words(part))") }
    if let together {
      let names = together.edits.joined(separator: " with ")
      lines.append("\(together.verdict.rawValue), measured only as one: \(names): \(Self.words(together))")
    }
    for part in interactions {
      lines.append("together: \(part.edits.joined(separator: " with ")): \(Self.words(part))")
    }
    for (verdict, words) in [(EditEffects.Verdict.undecided, "undecided"), (.negligible, "no effect")] {
      lines += parts.filter { $0.verdict == verdict }.map { "\(words): \($0.edits[0]): \(Self.words($0))" }
    }
    lines += unmeasured.map { "not measured: \($0): versions that differ by it alone failed" }
    lines += failures.map { failure in
      "failed: \(failure.edits.joined(separator: " with ")): \(failure.reason)"
    }
    let stored = probes.count { $0.executed == 0 }
    lines += [
      "not resolved: \(Words.fixed(unresolved, 4)); an effect counts from \(Words.fixed(atLeast, 4))",
      "\(Words.count(seeds, "seed")), \(Words.count(probes.count, "version")), \(stored) of them from the store, "
        + Words.seconds(probes.reduce(0) { $0 + $1.seconds }),
    ]
    return lines + notes
  }

  private static func words(_ part: Part) -> String {
    let sign = { (value: Double) in (value > 0 ? "+" : "") + Words.fixed(value, 4) }
    guard let low = part.low, let high = part.high else { return "\(sign(part.value)), of an error that is not known" }
    let probability = part.probability.map { ", p \($0 < 0.001 ? "< 0.001" : Words.fixed($0, 3))" } ?? ""
    return "\(sign(part.value)) (\(sign(low)) to \(sign(high))\(probability))"
  }
}
