import Arithmetic
import CKernels
import Glibc
package import Tensors

struct SineOp {
  let x: TapeValue
  let frequency: Parameter
  let y: TapeValue
}

struct FilterWindowOp {
  let x: TapeValue
  let window: FilterWindow
  /// The place of C numbers in the value arena.
  let rates: Int
  let y: TapeValue
}

extension Tape {
  /// The input of Hyena's filter network: lags x (1 + 2 bands) of t, cos(2 pi f t) and -sin(2 pi f t), t = lag /
  /// length, f from 1e-4 to bands - 1, evenly. Beyond `length` t goes on growing.
  package func filterFeatures(lags: Int, bands: Int, length: Int) -> TapeValue {
    let y = makeValue(rows: lags, columns: 1 + 2 * bands)
    kernel_filter_features(pointer(y), Int64(lags), Int64(bands), Int64(length))
    return y
  }

  /// y = sin(frequency * x), a frequency per feature (Sitzmann et al. 2020).
  package func sine(_ x: TapeValue, frequency: Parameter) -> TapeValue {
    precondition(frequency.shape == [x.columns], "sine: \(x.columns) by \(frequency.shape)")
    let y = makeValue(rows: x.rows, columns: x.columns, with: frequency)
    kernel_sine(pointer(x), weights(frequency), pointer(y), Int64(x.rows), Int64(x.columns))
    record(SineOp(x: x, frequency: frequency, y: y))
    return y
  }
}

extension SineOp: Op {
  /// dx = dy cos(f x) f; df = sum of dy cos(f x) x.
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    kernel_sine_backward(
      tape.gradient(y)!, tape.pointer(x), tape.weights(frequency), dx, tape.weightGradients(frequency), Int64(x.rows),
      Int64(x.columns), accumulate)
    tape.releaseGradient(y)
  }
}

extension Tape {
  /// y = x * exp(-t rate), row r at t = r / length.
  package func filterWindow(_ x: TapeValue, _ window: FilterWindow) -> TapeValue {
    let rates = reserve(x.columns)
    let y = makeValue(rows: x.rows, columns: x.columns)
    for c in 0..<x.columns {
      values.base[rates + c] = Float(window.rate(c, of: x.columns) / Double(window.length))
    }
    kernel_filter_window(
      pointer(x), values.base + rates, pointer(y), Int64(x.rows), Int64(x.columns), false)
    record(FilterWindowOp(x: x, window: window, rates: rates, y: y))
    return y
  }
}

extension FilterWindowOp: Op {
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (dx, accumulate) = tape.gradientForWriting(x)
    kernel_filter_window(
      tape.gradient(y)!, tape.values.base + rates, dx, Int64(x.rows), Int64(x.columns), accumulate)
    tape.releaseGradient(y)
  }
}

extension Reference {
  package static func sine(_ x: [Float], frequency: [Float]) -> [Float] {
    x.indices.map { Float(sin(Double(frequency[$0 % frequency.count]) * Double(x[$0]))) }
  }

  package static func filterWindow(_ x: [Float], _ window: FilterWindow, columns: Int) -> [Float] {
    x.indices.map { i in
      let t = Double(i / columns) / Double(window.length)
      return Float(Double(x[i]) * exp(-t * window.rate(i % columns, of: columns)))
    }
  }

  package static func filterFeatures(lags: Int, bands: Int, length: Int) -> [Float] {
    (0..<lags).flatMap { lag in
      let t = Double(lag) / Double(length)
      let angles = (0..<bands).map { band in
        let f = bands == 1 ? 1e-4 : 1e-4 + (Double(bands - 1) - 1e-4) * Double(band) / Double(bands - 1)
        return 2 * Double.pi * f * t
      }
      return ([t] + angles.map { cos($0) } + angles.map { -sin($0) }).map { Float($0) }
    }
  }
}
