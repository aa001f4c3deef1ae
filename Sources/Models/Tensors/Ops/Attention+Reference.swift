import Glibc

extension Reference {
  /// softmax(rotated q . rotated k / sqrt d) v, head by head, the whole matrix at once.
  package static func attention(
    _ qkv: [Float], lengths: [Int], h: Int, heads: Int, causal: Bool, rotaryBase: Double = 10_000
  ) -> [Float] {
    let d = h / heads
    var y = [Float](repeating: 0, count: lengths.reduce(0, +) * h)
    var start = 0
    for length in lengths {
      for head in 0..<heads {
        func row(_ part: Int, _ t: Int) -> [Double] {
          let at = (start + t) * 3 * h + part * h + head * d
          let plain = qkv[at..<at + d].map(Double.init)
          return part == 2 ? plain : rotated(plain, position: t, base: rotaryBase)
        }
        for t in 0..<length {
          let query = row(0, t)
          let visible = causal ? t + 1 : length
          let scores = (0..<visible).map { s in
            zip(query, row(1, s)).reduce(0) { $0 + $1.0 * $1.1 } / Double(d).squareRoot()
          }
          let maximum = scores.max()!
          let exponentials = scores.map { exp($0 - maximum) }
          let sum = exponentials.reduce(0, +)
          var out = [Double](repeating: 0, count: d)
          for s in 0..<visible {
            for (c, v) in row(2, s).enumerated() { out[c] += exponentials[s] / sum * v }
          }
          for c in 0..<d { y[(start + t) * h + head * d + c] = Float(out[c]) }
        }
      }
      start += length
    }
    return y
  }

  private static func rotated(_ x: [Double], position: Int, base: Double) -> [Double] {
    let half = x.count / 2
    var y = x
    for i in 0..<half {
      let angle = Double(position) * pow(base, -Double(i) / Double(half))
      y[i] = x[i] * cos(angle) - x[i + half] * sin(angle)
      y[i + half] = x[i + half] * cos(angle) + x[i] * sin(angle)
    }
    return y
  }
}
