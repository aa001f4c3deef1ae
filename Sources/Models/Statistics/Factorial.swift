/// Analysis of variance of observations by factors: main effects and interactions of two factors, by least squares, so
/// that designs need not be balanced.
///
/// Sums of squares are of type II: of a term beside all terms that do not contain it. The error is what the model with
/// all terms leaves, replicates and interactions of three factors alike. n observations, f factors.
package struct Factorial {
  /// A main effect, of one factor, or an interaction, of two.
  package struct Term: Hashable, Sendable, Codable {
    /// Numbers of factors, ascending.
    package let factors: [Int]
    package let squares: Double
    package let degrees: Int
    /// F = (squares / degrees) / (error / its degrees), and the probability of a larger one without the effect; nil
    /// without an error.
    package let f: Double?
    package let probability: Double?
    /// Partial omega squared: the share of the variance that is the term's, of that which no other accounts for,
    /// without what chance adds: l / (l + N) with l = degrees (F - 1), at least 0, and N = degrees + those of the error
    /// + 1; with the 95 % interval of the noncentral F distribution, whose noncentrality l estimates (Steiger 2004).
    package let share: Interval?
  }

  /// A value with its 95 % interval; bounds are nil where no error is known.
  package struct Interval: Hashable, Sendable, Codable {
    package let value: Double
    package let low: Double?
    package let high: Double?
  }

  /// The sum of squares over the mean error up to which bounds of a share are computed; beyond, they are the share
  /// itself but for rounding.
  private static let mostSure = 1e5

  /// In the order of factors, main effects first. Terms without a degree of freedom of their own are left out.
  package let terms: [Term]
  /// The sum of squares that the model leaves.
  package let error: Double
  package let errorDegrees: Int
  package let observations: Int

  private let counts: [Int]
  private let columns: [Column]
  private let fit: OrthogonalFit

  /// A column of the design: 1 where each of these factors has the level, one of 1 ..< its number; of none, all are 1.
  private struct Column {
    let term: [Int]
    let levels: [Int]
  }

  /// - Parameters:
  ///   - levels: (n, f): levels from 0.
  ///   - counts: (f): the number of levels of each factor, 1 or more.
  ///   - response: (n).
  package init(levels: [[Int]], counts: [Int], response: [Double]) {
    precondition(levels.count == response.count && !response.isEmpty, "\(levels.count) rows, \(response.count) values")
    self.counts = counts
    let factors = counts.indices.filter { counts[$0] > 1 }
    var terms: [[Int]] = factors.map { [$0] }
    for (place, a) in factors.enumerated() { terms += factors[(place + 1)...].map { [a, $0] } }
    let columns = { (terms: [[Int]]) in
      [Column(term: [], levels: [])] + terms.flatMap { Self.columns(of: $0, counts) }
    }
    self.columns = columns(terms)
    let design = { (columns: [Column]) in
      columns.map { column in
        levels.map { row in zip(column.term, column.levels).allSatisfy { row[$0] == $1 } ? 1.0 : 0 }
      }
    }
    fit = OrthogonalFit(design(self.columns), response)
    error = fit.residual
    errorDegrees = response.count - fit.rank
    observations = response.count
    var measured: [Term] = []
    for term in terms {
      let others = terms.filter { other in !Set(term).isSubset(of: other) }
      let base = columns(others).count
      let own = OrthogonalFit(design(columns(others + [term])), response)
      let (squares, degrees) = own.squares(from: base)
      guard degrees > 0 else { continue }
      measured.append(Self.term(term, squares, degrees, error, errorDegrees, scale: fit.total))
    }
    self.terms = measured
  }

  private static func columns(of term: [Int], _ counts: [Int]) -> [Column] {
    term.reduce([[]]) { partial, factor in partial.flatMap { levels in (1..<counts[factor]).map { levels + [$0] } } }
      .map { Column(term: term, levels: $0) }
  }

  private static func term(
    _ factors: [Int], _ squares: Double, _ degrees: Int, _ error: Double, _ errorDegrees: Int, scale: Double
  ) -> Term {
    // An error that is nothing but rounding is none.
    guard errorDegrees > 0, error > 1e-20 * scale else {
      return Term(factors: factors, squares: squares, degrees: degrees, f: nil, probability: nil, share: nil)
    }
    let f = squares / Double(degrees) / (error / Double(errorDegrees))
    let total = Double(degrees + errorDegrees + 1)
    let excess = max(0, Double(degrees) * (f - 1))
    let share = { (quantile: Double) -> Double? in
      if f * Double(degrees) > Self.mostSure { return excess / (excess + total) }
      let noncentrality = Tail.noncentrality(f, Double(degrees), Double(errorDegrees), tail: quantile)
      return noncentrality / (noncentrality + total)
    }
    return Term(
      factors: factors, squares: squares, degrees: degrees, f: f,
      probability: Tail.fisher(f, Double(degrees), Double(errorDegrees)),
      share: Interval(value: excess / (excess + total), low: share(0.025), high: share(0.975)))
  }

  /// A linear form of the coefficients that observations determine: the mean of the response where some factors have
  /// these levels, all combinations of levels of the others counting alike, with the interval of Student's t; nil where
  /// missing combinations leave it open.
  package func mean(_ fixed: [Int: Int]) -> Interval? {
    form(weights(fixed)).map { interval($0.value, $0.error) }
  }

  /// The difference of two such means, and its probability without a difference, by Student's t, two-sided.
  package func difference(_ a: [Int: Int], _ b: [Int: Int]) -> (estimate: Interval, probability: Double)? {
    let difference = zip(weights(a), weights(b)).map { $0 - $1 }
    guard let form = form(difference), let error = form.error else { return nil }
    let probability =
      error > 0 ? min(1, 2 * Tail.student(abs(form.value / error), Double(errorDegrees))) : form.value == 0 ? 1 : 0
    return (interval(form.value, error), probability)
  }

  private func interval(_ value: Double, _ error: Double?) -> Interval {
    guard let error else { return Interval(value: value, low: nil, high: nil) }
    let wide = Tail.quantile(0.025) { Tail.student($0, Double(errorDegrees)) } * error
    return Interval(value: value, low: value - wide, high: value + wide)
  }

  private func form(_ weights: [Double]) -> (value: Double, error: Double?)? {
    fit.form(weights).map { form in
      (form.value, errorDegrees > 0 ? (form.variance * error / Double(errorDegrees)).squareRoot() : nil)
    }
  }

  /// The mean of the design's rows over all combinations in which some factors have given levels.
  private func weights(_ fixed: [Int: Int]) -> [Double] {
    columns.map { column in
      zip(column.term, column.levels).reduce(1) { product, pair in
        let (factor, level) = pair
        return product * (fixed[factor].map { $0 == level ? 1 : 0 } ?? 1 / Double(counts[factor]))
      }
    }
  }
}
