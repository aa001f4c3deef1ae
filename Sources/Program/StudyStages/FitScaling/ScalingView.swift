package import Artifacts
package import DataStages
import Figures
import Glibc
import Inputs
import Statistics
import Tables
import Wording

extension ArtifactView {
  /// Scaling laws: a row for each family, then budgets, then differences.
  package static func scaling(_ artifact: any InputArtifact) throws -> ArtifactView {
    let document = try JSONArtifact.decode(ScalingDocument.self, artifact.bytes())
    let study = document.study
    let laws = Table(
      [
        "family", "trainings", "a", "95 % interval", "b", "95 % interval", "alpha", "95 % interval", "beta",
        "95 % interval", "a by the law", "95 % interval", "E", "95 % interval",
      ],
      numeric: Set(1..<14), keys: 1,
      cells: study.families.map { family in
        [.text(name(family)), .count(family.runs.count)]
          + [.size, .tokens, .alpha, .beta, .lawSize, .floor].flatMap { cells(family.estimate($0)) }
      })
    let budgets = Table(
      ["family", "operations", "sizes", "best size", "95 % interval", "its tokens", "least loss", "95 % interval"],
      name: "budgets", numeric: Set(1..<8), keys: 2,
      cells: study.families.flatMap { family in
        family.budgets.map { budget in
          let place = budget.parabola == nil ? "-" : "outside"
          return [
            .text(name(family)), .short(budget.operations), .count(budget.sizes),
            budget.isInside ? .short(budget.size.value) : TableCell(place, .number(nil)),
            .interval(budget.size.low, budget.size.high), .short(budget.isInside ? budget.tokens.value : nil),
            .number(budget.loss.value, 4), .interval(budget.loss.low, budget.loss.high),
          ]
        }
      })
    let differences = Table(
      ["number", "family", "less", "difference", "95 % interval", "p", "p Holm"], name: "differences",
      numeric: [3, 4, 5, 6], keys: 3,
      cells: study.comparisons.map { pair in
        [
          .text(pair.quantity.rawValue), .text(name(study.families[pair.first])),
          .text(name(study.families[pair.second])), .number(pair.difference.value),
          .interval(pair.difference.low, pair.difference.high), .probability(pair.probability),
          .probability(pair.adjusted),
        ]
      })
    return ArtifactView(
      lines: lines(document), tables: [laws, budgets] + (study.comparisons.isEmpty ? [] : [differences]),
      pictures: study.families.map { curves($0, document.loss) } + [losses(study, document.loss)],
      json: try self.document(artifact))
  }

  private static func name(_ family: ScalingFamily) -> String { family.name.isEmpty ? "all" : family.name }

  private static func cells(_ estimate: ScalingEstimate?) -> [TableCell] {
    [.number(estimate?.value), .interval(estimate?.low, estimate?.high)]
  }

  private static func lines(_ document: ScalingDocument) -> [String] {
    let study = document.study
    var lines = [
      "N best at C operations ~ C^a, its tokens ~ C^b, over minima of parabolas in ln N; law L = E + A / N^alpha + "
        + "B / D^beta; N all trained numbers, losses of \(document.loss)"
    ]
    if study.families.count > 1 {
      if let common = study.common,
        let operations = study.families[0].budgets.first(where: { $0.number == common })?.operations
      {
        lines.append("losses are compared at \(Words.short(operations)) operations")
      }
      for quantity in ScalingQuantity.allCases {
        let pairs = study.comparisons.filter { $0.quantity == quantity }
        let known = pairs.compactMap(\.adjusted)
        if known.isEmpty {
          lines.append("\(quantity.rawValue): not compared, for it is not determined")
          continue
        }
        let apart = pairs.filter { $0.adjusted ?? 1 < 0.05 }
        let names = apart.map { "\(name(study.families[$0.first])) and \(name(study.families[$0.second]))" }
        lines.append(
          "\(quantity.rawValue): "
            + (apart.isEmpty
              ? "no two families are told apart" : "told apart at 5 % (Holm): \(names.joined(separator: ", "))")
            + (known.count < pairs.count ? "; \(Words.count(pairs.count - known.count, "pair")) not compared" : ""))
      }
    }
    lines += document.gaps
    if !document.missing.isEmpty {
      let more = document.missing.count - 5
      lines.append(
        "left out: \(document.missing.prefix(5).joined(separator: "; "))"
          + (more > 0 ? "; and \(Words.grouped(more)) more" : ""))
    }
    lines.append("intervals are those of these sizes, budgets and data by this recipe")
    return lines
  }

  /// The trainings of a family by size, with the parabola of each budget.
  private static func curves(_ family: ScalingFamily, _ loss: String) -> any Picture {
    let spread = 40
    var rest = family.runs[...]
    let lines = family.budgets.enumerated().flatMap { index, budget -> [Plot.Line] in
      let points = rest.prefix(budget.trainings).sorted { $0.parameters < $1.parameters }
        .map { Plot.Point(x: $0.parameters, y: $0.loss) }
      rest = rest.dropFirst(budget.trainings)
      var lines = [
        Plot.Line("\(Words.short(budget.operations)) operations", points, isJoined: false, colour: index)
      ]
      if let parabola = budget.parabola {
        let width = parabola.range.upperBound - parabola.range.lowerBound
        lines.append(
          Plot.Line(
            "",
            (0...spread).map { step in
              let x = parabola.range.lowerBound + width * Double(step) / Double(spread)
              return Plot.Point(x: exp(x), y: parabola.value(x))
            }, colour: index))
      }
      return lines
    }
    let slug = String(
      name(family).lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    return Plot(
      "isoflop-\(slug)", title: "held-out loss of \(name(family)) by size, \(loss)",
      x: Plot.Axis("trained numbers", .logarithmic), lines: lines)
  }

  /// The least loss of each budget over operations, and all trainings.
  private static func losses(_ study: ScalingStudy, _ loss: String) -> any Picture {
    let lines = study.families.enumerated().flatMap { index, family in
      [
        Plot.Line(
          name(family),
          family.budgets.compactMap { budget in
            (budget.loss.value ?? nil).map { Plot.Point(x: budget.operations, y: $0) }
          }, colour: index),
        Plot.Line(
          "", family.runs.map { Plot.Point(x: $0.operations, y: $0.loss) }, isJoined: false, colour: index),
      ]
    }
    return Plot(
      "compute", title: "least held-out loss by operations, \(loss)",
      x: Plot.Axis("floating-point operations", .logarithmic), lines: lines)
  }
}
