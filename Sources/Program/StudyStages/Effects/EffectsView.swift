package import Artifacts
package import DataStages
import Figures
import Inputs
import Rankings
import Statistics
import Tables
import Wording

extension ArtifactView {
  /// Effects: tests, then the levels of each factor.
  package static func effects(_ artifact: any InputArtifact, axes: [String: [String]]) throws -> ArtifactView {
    let document = try JSONArtifact.decode(EffectsDocument.self, artifact.bytes())
    let (effects, names) = (document.effects, FactorNames(document.effects, axes))
    let unit = effects.unit?.rawValue ?? "deviations"
    let terms = Table(
      ["effect", "df", "F", "p", "p Holm", "partial omega2", "95 % interval"], numeric: [1, 2, 3, 4, 5, 6],
      cells: effects.terms.map { term in
        let test = term.test
        return [
          .text(test.factors.map(names.name).joined(separator: " x ")),
          TableCell("\(test.degrees)", .count(test.degrees)),
          TableCell(test.f.map { Words.short($0) } ?? "-", .number(test.f)), .probability(test.probability),
          .probability(term.adjusted), .number(test.share?.value), span(test.share),
        ]
      })
    let levels = Table(
      ["factor", "value", "mean \(unit)", "95 % interval", "group"], name: "levels", numeric: [2, 3], keys: 2,
      cells: effects.factors.indices.flatMap { factor in
        effects.sorted(factor).map { level in
          [
            .text(names.name(factor)), .text(level.level), .number(level.mean?.value), span(level.mean),
            .text(letters(level.groups)),
          ]
        }
      })
    return ArtifactView(
      lines: notes(document, names), tables: [terms, levels], pictures: pictures(document, names, unit),
      json: try self.document(artifact))
  }

  private static func span(_ interval: Factorial.Interval?) -> TableCell {
    .interval(interval?.range?.lowerBound, interval?.range?.upperBound)
  }

  private static func notes(_ document: EffectsDocument, _ names: FactorNames) -> [String] {
    let effects = document.effects
    var lines = [
      "\(Words.grouped(effects.observations)) results on \(document.split); F tests of "
        + (effects.response == .ranks ? "ranks within tasks" : "the metric")
        + ", the error has \(Words.grouped(effects.errorDegrees)) degrees of freedom"
    ]
    if effects.errorDegrees == 0 {
      lines.append("there are as many results as effects: without replicates nothing can be tested")
    } else if effects.fewest == effects.most, effects.fewest == 1 {
      lines.append("without replicates the error is that of interactions of three factors, which may be effects")
    } else if effects.fewest < effects.most {
      lines.append("combinations have \(effects.fewest) to \(effects.most) results")
    }
    if !effects.untested.isEmpty {
      let all = effects.untested.map { $0.map(names.name).joined(separator: " x ") }.joined(separator: ", ")
      lines.append("not told from other effects, for combinations are missing: \(all)")
    }
    if effects.missing > 0 {
      lines.append("\(Words.count(effects.missing, "combination")) of values without a result")
    }
    if !effects.failures.isEmpty {
      lines.append("left out, for they have no value: \(effects.failures.prefix(5).joined(separator: "; "))")
    }
    lines.append(
      "one letter in common: values of a factor that are not told apart (t of the metric, Holm, 5 %); an effect is of "
        + "these values and these tasks, by this recipe")
    return lines
  }

  private static func pictures(
    _ document: EffectsDocument, _ names: FactorNames, _ unit: String
  ) -> [any Picture] {
    let effects = document.effects
    let groups = effects.factors.indices.map { factor in
      IntervalChart.Group(
        names.name(factor),
        effects.sorted(factor).compactMap { level in
          level.mean.map {
            IntervalChart.Row(
              level.level, $0.value, $0.range,
              note: level.groups == nil ? "" : letters(level.groups))
          }
        })
    }
    let chart = IntervalChart(
      "effects", title: "mean \(unit) on \(document.split) over all combinations of the others", axis: unit,
      groups: groups, caption: "intervals of 95 % each for itself; one letter in common: not told apart")
    let tables = effects.tables.map { table in
      let (rows, columns) = (effects.factors[table.factors[0]].levels, effects.factors[table.factors[1]].levels)
      let title = "\(unit) on \(document.split): \(names.name(table.factors[0])) by \(names.name(table.factors[1]))"
      return HeatMap(
        "interaction-\(names.name(table.factors[0]))-\(names.name(table.factors[1]))", title: title,
        rows: (names.name(table.factors[0]), rows.map(\.level)),
        columns: (names.name(table.factors[1]), columns.map(\.level)),
        measures: [
          .init([.init("", table.means.map { $0.map { $0?.value } })], higherIsBetter: effects.higherIsBetter)
        ])
    }
    return [chart] + tables
  }
}

/// Factors by the names of their axes, where they are known.
private struct FactorNames {
  private let names: [String]

  init(_ effects: Effects, _ axes: [String: [String]]) {
    names = effects.factors.map { factor in
      guard let axis = factor.axis else { return axes["task"]?.joined(separator: ",") ?? "task" }
      let known = axes["candidate"] ?? []
      return axis < known.count ? known[axis] : "axis \(axis + 1)"
    }
  }

  func name(_ factor: Int) -> String { names[factor] }
}

extension Effects {
  /// The levels of a factor, the best mean first; those without a mean last.
  fileprivate func sorted(_ factor: Int) -> [Level] {
    let sign = higherIsBetter ? -1.0 : 1
    return factors[factor].levels.enumerated().sorted { a, b in
      (a.element.mean.map { sign * $0.value } ?? .infinity, a.offset)
        < (b.element.mean.map { sign * $0.value } ?? .infinity, b.offset)
    }.map(\.element)
  }
}

extension Factorial.Interval {
  /// From bound to bound, where they are known.
  fileprivate var range: ClosedRange<Double>? {
    guard let low, let high, low <= high else { return nil }
    return low...high
  }
}
