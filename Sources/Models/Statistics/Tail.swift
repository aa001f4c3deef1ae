import Glibc

/// Upper tails of the distributions that tests need, in double; relative errors are below 1e-11 where a tail is above
/// 1e-300.
package enum Tail {
  /// P(Z > z) of the standard normal distribution.
  package static func normal(_ z: Double) -> Double { erfc(z / 2.0.squareRoot()) / 2 }

  /// P(T > t) of Student's distribution; of infinite degrees of freedom that of the normal distribution.
  package static func student(_ t: Double, _ degrees: Double) -> Double {
    guard degrees.isFinite else { return normal(t) }
    let half = beta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2
    return t >= 0 ? half : 1 - half
  }

  /// P(F > f) of Fisher's distribution.
  package static func fisher(_ f: Double, _ numerator: Double, _ denominator: Double) -> Double {
    f > 0 ? beta(denominator / (denominator + numerator * f), denominator / 2, numerator / 2) : 1
  }

  /// P(X > x) of the chi-squared distribution.
  package static func chiSquared(_ x: Double, _ degrees: Double) -> Double {
    x > 0 ? upperGamma(degrees / 2, x / 2) : 1
  }

  /// P(Q > q) of the range of k standard normal numbers, which is the studentized range with infinite degrees of
  /// freedom: 1 - k * integral of phi(z) * (Phi(z) - Phi(z - q))^(k - 1), by the trapezoidal rule, whose error falls
  /// faster than any power of the step for such functions.
  package static func range(_ q: Double, of k: Int) -> Double {
    guard q > 0 else { return 1 }
    let (low, high) = (-9.0, 9.0 + q)
    let steps = Int((high - low) * 32)
    let width = (high - low) / Double(steps)
    var sum = 0.0
    for step in 0...steps {
      let z = low + Double(step) * width
      let density = exp(-z * z / 2) / (2 * Double.pi).squareRoot()
      sum += density * pow(normal(z - q) - normal(z), Double(k - 1))
    }
    return max(0, 1 - Double(k) * sum * width)
  }

  /// The number above which a falling tail has this probability, by bisection between 0 and 1e6.
  package static func quantile(_ probability: Double, of tail: (Double) -> Double) -> Double {
    var (low, high) = (0.0, 1e6)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if tail(middle) > probability { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz 1976; DLMF 8.17.22).
  static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if x <= 0 || x >= 1 { return x <= 0 ? 0 : 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - beta(1 - x, b, a) }
    let front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    let fraction = continuedFraction { step in
      let m = Double(step / 2)
      return step % 2 == 0
        ? m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        : -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    }
    return front / fraction
  }

  /// Q(a, x), the regularised upper incomplete gamma function: one minus the series of the lower one for small x
  /// (DLMF 8.11.4), else Legendre's continued fraction (DLMF 8.9.2).
  private static func upperGamma(_ a: Double, _ x: Double) -> Double {
    let front = exp(a * log(x) - x - lgamma(a))
    if x < a + 1 {
      var (term, sum, n) = (1 / a, 1 / a, a)
      repeat {
        n += 1
        term *= x / n
        sum += term
      } while term > sum * 1e-17
      return 1 - front * sum
    }
    // 1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - ...)).
    var (b, c) = (x + 1 - a, 1e300)
    var d = 1 / b
    var value = d
    for i in 1..<100_000 {
      let factor = -Double(i) * (Double(i) - a)
      b += 2
      d = 1 / (factor * d + b)
      c = b + factor / c
      value *= d * c
      if abs(d * c - 1) < 1e-16 { break }
    }
    return front * value
  }

  /// The value of 1 + c1 / (1 + c2 / (1 + ...)).
  private static func continuedFraction(_ coefficient: (Int) -> Double) -> Double {
    var (value, c, d) = (1.0, 1.0, 0.0)
    for step in 1..<100_000 {
      let own = coefficient(step)
      d = 1 + own * d
      c = 1 + own / c
      if abs(d) < 1e-300 { d = 1e-300 }
      if abs(c) < 1e-300 { c = 1e-300 }
      d = 1 / d
      value *= c * d
      if abs(c * d - 1) < 1e-16 { break }
    }
    return value
  }
}

extension Tail {
  /// The noncentrality with which Fisher's F lies above `f` with the probability `tail`, by bisection; 0 where none has
  /// so small a tail.
  static func noncentrality(_ f: Double, _ numerator: Double, _ denominator: Double, tail: Double) -> Double {
    guard fisher(f, numerator, denominator) < tail else { return 0 }
    var (low, high) = (0.0, 1.0)
    while high < 1e12, noncentralFisher(f, numerator, denominator, high) < tail { (low, high) = (high, 2 * high) }
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if noncentralFisher(f, numerator, denominator, middle) < tail { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  /// P(F > f) of the noncentral distribution: the mean of central tails of numerator + 2 j degrees over Poisson's j
  /// with the mean noncentrality / 2, from the likeliest j to both sides.
  static func noncentralFisher(
    _ f: Double, _ numerator: Double, _ denominator: Double, _ noncentrality: Double
  ) -> Double {
    let mean = noncentrality / 2
    let x = numerator * f / (denominator + numerator * f)
    let middle = Int(mean)
    var sum = 0.0
    let term = { (j: Int) in
      let weight = exp(Double(j) * log(max(mean, 1e-300)) - mean - lgamma(Double(j) + 1))
      return (weight, weight * beta(1 - x, denominator / 2, numerator / 2 + Double(j)))
    }
    var j = middle
    while j >= 0 {
      let (weight, value) = term(j)
      sum += value
      if weight < 1e-17 { break }
      j -= 1
    }
    j = middle + 1
    while true {
      let (weight, value) = term(j)
      sum += value
      if weight < 1e-17 { break }
      j += 1
    }
    return sum
  }
}

extension Tail {
  /// P(X >= x) of the number of marked ones among `drawn` of `all`, of which `marked` are marked (hypergeometric).
  package static func hypergeometric(_ x: Int, drawn: Int, marked: Int, of all: Int) -> Double {
    let choose = { (n: Int, k: Int) in lgamma(Double(n + 1)) - lgamma(Double(k + 1)) - lgamma(Double(n - k + 1)) }
    let total = choose(all, drawn)
    let range = max(x, 0, drawn + marked - all)...max(x, min(drawn, marked), drawn + marked - all, 0)
    return min(
      1,
      range.reduce(0) { sum, k in
        guard k <= drawn, k <= marked, drawn - k <= all - marked else { return sum }
        return sum + exp(choose(marked, k) + choose(all - marked, drawn - k) - total)
      })
  }
}
