import Explaining
import Rankings
import Wording

/// A bound on differences of scores: `mcc<-0.01`, or that of one stage, `scores<-0.01`.
package struct ScoreBound {
  private let name: String
  private let isBelow: Bool
  private let value: Double

  /// nil for a text of another form.
  package init?(_ text: String) {
    guard let sign = text.firstIndex(where: { $0 == "<" || $0 == ">" }), sign != text.startIndex,
      let value = Double(text[text.index(after: sign)...].drop { $0 == " " }), value.isFinite
    else { return nil }
    name = String(text[..<sign].reversed().drop { $0 == " " }.reversed())
    (isBelow, self.value) = (text[sign] == "<", value)
  }

  /// The differences that are beyond, in words. A bound on what the diff does not have is beyond too: a test that looks
  /// at nothing must not pass.
  package func violations(in diff: PipelineDiff) -> [String] {
    let own = diff.scores.filter { $0.metric == name || $0.stage == name }
    let nodes = diff.steps.nodes.filter { $0.name == name }
    let isUnchanged = (nodes.isEmpty ? diff.steps.nodes : nodes).allSatisfy { node in
      node.old != nil && node.new != nil
        && node.changed + node.onlyOld + node.onlyNew + node.waiting + node.unknown == 0
    }
    if own.isEmpty, !isUnchanged { return ["no scores of '\(name)' are compared, so that the bound cannot be kept"] }
    let lacking = own.filter { $0.missing > 0 || !$0.failures.isEmpty }.map { scores in
      "\(scores.stage): \(Words.count(scores.missing + scores.failures.count, "score")) cannot be compared, so that "
        + "the bound cannot be kept"
    }
    return lacking
      + own.flatMap { scores in
        (scores.all.map { [$0] } ?? scores.rows).compactMap { row in
          guard let difference = row.difference.value, isBelow ? difference < value : difference > value else {
            return nil
          }
          let told = row.isToldApart == false ? ", which the data do not tell from none" : ""
          return "\(scores.stage): \(scores.metric) changed by \(Words.fixed(difference, 4)), beyond "
            + "\(isBelow ? "<" : ">") \(value)\(told)"
        }
      }
  }
}
