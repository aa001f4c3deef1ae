import Ops
package import Tensors

/// A weight and its bias.
package struct Affine: Sendable {
  package let weight: Parameter
  package let bias: Parameter
}

extension Parameters {
  /// The weight `name.weight` of a linear map, out x in (taps between them for a convolution), uniform within
  /// 1 / sqrt(fan-in) as PyTorch's layers start.
  package mutating func linear(
    _ name: String, _ out: Int, _ columns: Int, taps: Int? = nil, decays: Bool = true
  ) -> Parameter {
    let fanIn = columns * (taps ?? 1)
    let shape = taps.map { [out, $0, columns] } ?? [out, columns]
    return tensor("\(name).weight", shape, decays: decays, .uniform(limit: 1 / Double(fanIn).squareRoot()))
  }

  /// The weight of a linear map, and its bias of zeros.
  package mutating func affine(
    _ name: String, _ out: Int, _ columns: Int, taps: Int? = nil, decays: Bool = true
  ) -> Affine {
    let weight = linear(name, out, columns, taps: taps, decays: decays)
    return Affine(weight: weight, bias: zeros("\(name).bias", out))
  }

  /// The weight of a convolution of each of C channels alone, taps x C, and its bias of zeros.
  package mutating func depthwise(_ name: String, taps: Int, channels: Int) -> Affine {
    let limit = 1 / Double(taps).squareRoot()
    let weight = tensor("\(name).weight", [taps, channels], decays: true, .uniform(limit: limit))
    return Affine(weight: weight, bias: zeros("\(name).bias", channels))
  }

  private mutating func zeros(_ name: String, _ count: Int) -> Parameter {
    tensor(name, [count], decays: false, .zeros)
  }
}

extension Tape {
  /// y = x Wᵀ + b, plus a residual of y's shape when given. `precise` products are fp32 whatever the tape's precision.
  package func linear(
    _ x: TapeValue, _ map: Affine, residual: TapeValue? = nil, precise: Bool = false
  ) -> TapeValue {
    linear(x, weight: map.weight, bias: map.bias, residual: residual, precise: precise)
  }
}
