import Ops
package import Tensors

/// A norm of each row: a LayerNorm (Ba et al. 2016) with weight and bias, or an RMSNorm (Zhang & Sennrich 2019) with a
/// weight alone.
package struct Norm: Sendable {
  let weight: Parameter
  let bias: Parameter?

  /// The forms that a norm can have.
  package enum Form: Int, Sendable, CaseIterable {
    case layer, rms

    /// The option of a kind for which this form is the default.
    var option: BlockOption {
      BlockOption("norm", "\(self)", of: Self.allCases.map { "\($0)" }, "the norm of what a sub-layer reads")
    }
  }
}

extension Parameters {
  /// A norm's weight of ones and, of a LayerNorm, its bias of zeros.
  package mutating func norm(_ name: String, _ width: Int, _ form: Norm.Form = .layer) -> Norm {
    let weight = tensor("\(name).weight", [width], decays: false, .ones)
    return Norm(
      weight: weight, bias: form == .layer ? tensor("\(name).bias", [width], decays: false, .zeros) : nil)
  }
}

extension Tape {
  /// Each row of x, R x C, normalised.
  package func normalize(_ x: TapeValue, _ norm: Norm) -> TapeValue {
    guard let bias = norm.bias else { return rmsNorm(x, weight: norm.weight) }
    return layerNorm(x, weight: norm.weight, bias: bias)
  }
}
