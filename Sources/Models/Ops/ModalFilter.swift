import Arithmetic
import CKernels
import Glibc
package import Tensors

struct ModalFilterOp {
  let modes: Modes
  let y: TapeValue
}

extension Tape {
  /// y[t, c] = sum over n of Re(R[n, c] p[n, c]^t), p = exp(-softplus(decay) + i angle), for t from 0 on: lags x C
  /// (StripedHyena, Poli et al. 2023). Powers are products in double precision, lag after lag.
  package func modalFilter(_ modes: Modes, lags: Int) -> TapeValue {
    let (n, C) = (modes.decay.shape[0], modes.decay.shape[1])
    let y = makeValue(rows: lags, columns: C, with: modes.decay)
    var poles = self.poles(modes)
    kernel_modal_filter(
      &poles, weights(modes.real), weights(modes.imaginary), pointer(y), Int64(lags), Int64(n), Int64(C))
    record(ModalFilterOp(modes: modes, y: y))
    return y
  }

  /// By mode and filter: the real parts of poles, the imaginary ones, and room for as many powers.
  func poles(_ modes: Modes) -> [Double] {
    let count = modes.decay.shape[0] * modes.decay.shape[1]
    var poles = [Double](repeating: 0, count: 4 * count)
    let (decays, angles) = (weights(modes.decay), weights(modes.angle))
    for i in 0..<count {
      let modulus = Elementary.exp(-ModalFilterOp.softplus(Double(decays[i])))
      var (sine, cosine) = (0.0, 0.0)
      kernel_sine_cosine(abs(Double(angles[i])), &sine, &cosine)
      poles[i] = modulus * cosine
      poles[count + i] = angles[i] < 0 ? -modulus * sine : modulus * sine
    }
    return poles
  }
}

extension ModalFilterOp: Op {
  /// With w = R p^t: dR = sum of dy p^t (its conjugate's parts), dlambda = -sum of t dy Re w, dangle = -sum of t dy Im
  /// w, and ddecay = dlambda sigmoid(decay).
  func backward(on tape: Tape) {
    guard tape.gradient(y) != nil else { return }
    let (n, C) = (modes.decay.shape[0], modes.decay.shape[1])
    var poles = tape.poles(modes)
    var sums = [Double](repeating: 0, count: 4 * n * C)
    kernel_modal_filter_backward(
      &poles, tape.weights(modes.real), tape.weights(modes.imaginary), tape.gradient(y)!, &sums, Int64(y.rows),
      Int64(n), Int64(C))
    let count = n * C
    let to = [modes.real, modes.imaginary, modes.decay, modes.angle].map { tape.weightGradients($0) }
    let decays = tape.weights(modes.decay)
    for i in 0..<count {
      to[0][i] += Float(sums[i])
      to[1][i] += Float(sums[count + i])
      to[2][i] += Float(sums[2 * count + i] / (1 + Elementary.exp(-Double(decays[i]))))
      to[3][i] += Float(sums[3 * count + i])
    }
    tape.releaseGradient(y)
  }

  /// log(1 + e^x), by functions of our own.
  fileprivate static func softplus(_ x: Double) -> Double {
    max(x, 0) + Elementary.log(1 + Elementary.exp(-abs(x)))
  }
}

extension Reference {
  package static func modalFilter(
    decay: [Float], angle: [Float], real: [Float], imaginary: [Float], lags: Int, columns: Int
  ) -> [Float] {
    (0..<lags).flatMap { t in
      (0..<columns).map { c in
        Float(
          stride(from: c, to: decay.count, by: columns).reduce(0.0) { sum, i in
            let power = exp(-Double(t) * log1p(exp(Double(decay[i]))))
            let turn = Double(t) * Double(angle[i])
            return sum + power * (Double(real[i]) * cos(turn) - Double(imaginary[i]) * sin(turn))
          })
      }
    }
  }
}
