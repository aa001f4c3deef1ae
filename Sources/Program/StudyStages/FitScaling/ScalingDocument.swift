import Statistics
import Wording

/// The `scaling` artifact.
struct ScalingDocument: Codable {
  let study: ScalingStudy
  /// The objective of all trainings and the unit of its loss.
  let loss: String
  /// Trainings that are left out, with the reasons.
  let missing: [String]

  /// An exponent whose interval is wider than so many times itself says nothing.
  private static let widest = 2.0

  /// The numbers that the trainings do not determine, in sentences.
  var gaps: [String] {
    let own = study.families.flatMap(Self.gaps)
    if study.families.count < 2 || study.common != nil { return own }
    return own + ["no budget has three sizes of every family: losses are not compared"]
  }

  private static func gaps(_ family: ScalingFamily) -> [String] {
    let budgets = family.budgets
    let curves = budgets.filter { $0.parabola != nil }
    let inside = budgets.count(where: \.isInside)
    var gaps: [String] = []
    if curves.count < budgets.count {
      gaps.append(
        "\(Words.part(budgets.count - curves.count, of: budgets.count, "budgets")) have fewer than three sizes")
    }
    if inside < curves.count {
      gaps.append(
        "the minimum of \(Words.part(curves.count - inside, of: curves.count, "budgets")) is outside the sizes, and "
          + "does not count for a and b: add smaller or larger ones")
    }
    let isExact = !curves.isEmpty && curves.allSatisfy { $0.trainings == 3 }
    if isExact {
      gaps.append(
        "best sizes and least losses have no interval: a parabola meets three trainings of a budget exactly, it takes "
          + "four to show chance")
    }
    if inside < 2 {
      gaps.append("a and b are not determined: they need two budgets with a minimum inside")
    } else if family.estimate(.size)?.low == nil, !isExact {
      gaps.append("a and b have no interval: the minima are lost where residuals fall otherwise")
    } else if inside == 2 {
      gaps.append("a and b are of two budgets: nothing shows whether the line is straight")
    }
    guard family.law != nil else {
      return named(
        gaps + [
          "the law is not determined: it needs six trainings of three sizes and three amounts of data, whose losses "
            + "fall with both"
        ], family)
    }
    for quantity in [ScalingQuantity.alpha, .beta] {
      guard let estimate = family.estimate(quantity), let value = estimate.value else { continue }
      guard let low = estimate.low, let high = estimate.high, low > 0, high - low < widest * abs(value) else {
        gaps.append("\(quantity.rawValue) of the law is not determined: its interval is wider than twice its value")
        continue
      }
    }
    return named(gaps, family)
  }

  private static func named(_ gaps: [String], _ family: ScalingFamily) -> [String] {
    gaps.map { "\(family.name.isEmpty ? "all trainings" : family.name): \($0)" }
  }
}
