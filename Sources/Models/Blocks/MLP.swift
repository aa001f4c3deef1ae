import Ops
import Tensors

/// The part of a layer behind its mixing of tokens, of each token alone; `MLPForm` has the formulas.
struct MLP {
  private let form: MLPForm
  private let norm: Norm
  private let inner: Parameter
  private let innerBias: Parameter?
  /// The map of the values that the activated ones multiply.
  private let gate: Parameter?
  private let outer: Parameter?
  private let outerBias: Parameter?

  /// Asks for the tensors of a layer's MLP; nil where it has none.
  init?(_ layer: Layer, _ parameters: inout Parameters) {
    form = layer.mlp
    if form == .none { return nil }
    let (h, n) = (layer.width, layer["inner"])
    // A kind that has an MLP by default names its tensors without a prefix.
    let isOwn = layer.kind.mlp != .none
    let name = { isOwn ? $0 : "mlp.\($0)" }
    let normForm = layer.normForm
    switch form {
    case .none: return nil
    case .gelu:
      norm = parameters.norm(isOwn ? "norm2" : "mlp.norm", h, normForm)
      let maps = (parameters.affine(name("inner"), n, h), parameters.affine(name("outer"), h, n))
      (inner, innerBias, gate) = (maps.0.weight, maps.0.bias, nil)
      (outer, outerBias) = (maps.1.weight, maps.1.bias)
    case .gated, .swiglu:
      norm = parameters.norm(isOwn ? "norm2" : "mlp.norm", h, normForm)
      inner = parameters.linear(name("inner"), n, h)
      gate = parameters.linear(name("gate"), n, h)
      outer = parameters.linear(name("outer"), h, n)
      (innerBias, outerBias) = (nil, nil)
    case .dense:
      let map = parameters.affine(name("inner"), h, h)
      (inner, innerBias) = (map.weight, map.bias)
      norm = parameters.norm(isOwn ? "norm2" : "mlp.norm", h, normForm)
      (gate, outer, outerBias) = (nil, nil, nil)
    }
  }

  /// The stream x, R x h, with what the MLP makes of it.
  func forward(_ x: TapeValue, on tape: Tape) -> TapeValue {
    if form == .dense {
      return tape.add(x, tape.normalize(tape.gelu(tape.linear(x, weight: inner), bias: innerBias!), norm))
    }
    let normal = tape.normalize(x, norm)
    let z = tape.linear(normal, weight: inner)
    if form == .gelu {
      return tape.linear(tape.gelu(z, bias: innerBias!), weight: outer!, bias: outerBias, residual: x)
    }
    let active = tape.activation(z, form == .swiglu ? .silu : .gelu)
    return tape.linear(tape.multiply(active, tape.linear(normal, weight: gate!)), weight: outer!, residual: x)
  }
}
