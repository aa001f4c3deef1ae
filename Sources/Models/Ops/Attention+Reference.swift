import Glibc
import Tensors

extension Reference {
  /// softmax(rotated q . rotated k / sqrt d) v, head by head, the whole matrix at once.
  package static func attention(
    _ qkv: [Float], lengths: [Int], h: Int, _ shape: AttentionShape, places: [Int]? = nil
  ) -> [Float] {
    let d = h / shape.heads
    var y = [Float](repeating: 0, count: lengths.reduce(0, +) * h)
    var start = 0
    for length in lengths {
      for head in 0..<shape.heads {
        func row(_ part: Int, _ t: Int) -> [Double] {
          let at = (start + t) * 3 * h + part * h + head * d
          let plain = qkv[at..<at + d].map(Double.init)
          guard part < 2, let rotary = shape.rotary else { return plain }
          return rotated(plain, position: places?[start + t] ?? t, rotary)
        }
        for t in 0..<length {
          let query = row(0, t)
          let visible = (0..<length).filter { s in
            (!shape.causal || s <= t) && abs(s - t) <= shape.window ?? length
          }
          let scores = visible.map { s in
            zip(query, row(1, s)).reduce(0) { $0 + $1.0 * $1.1 } / Double(d).squareRoot()
          }
          let maximum = scores.max()!
          let exponentials = scores.map { exp($0 - maximum) }
          let sum = exponentials.reduce(0, +)
          var out = [Double](repeating: 0, count: d)
          for (s, exponential) in zip(visible, exponentials) {
            for (c, v) in row(2, s).enumerated() { out[c] += exponential / sum * v }
          }
          for c in 0..<d { y[(start + t) * h + head * d + c] = Float(out[c]) }
        }
      }
      start += length
    }
    return y
  }

  private static func rotated(_ x: [Double], position: Int, _ key: RotaryTable.Key) -> [Double] {
    let half = x.count / 2
    var y = x
    for i in 0..<half {
      let angle =
        Double(position) / Double(key.stretch) * pow(Double(key.base), -Double(i) / Double(half))
      y[i] = x[i] * cos(angle) - x[i + half] * sin(angle)
      y[i + half] = x[i + half] * cos(angle) + x[i] * sin(angle)
    }
    return y
  }
}
