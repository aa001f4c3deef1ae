import Glibc

/// Floating-point operations, a multiply-add being two. R rows are the tokens of all sequences.
///
/// Counted are the multiply-adds of linear maps, convolutions (taps beyond the ends of a sequence too), products of
/// positions that see each other, recurrences, long filters and norms, and Fourier transforms as 5 n log2 n for n
/// complex numbers (Cooley and Tukey 1965), half of that for n real ones. Activations, gates, sums of streams and
/// softmax, a few operations for each number, are not.
enum Operations {
  /// A linear map of `columns` to `outputs` features.
  static func map(_ rows: Int, _ columns: Int, _ outputs: Int) -> Double {
    2 * Double(rows) * Double(columns) * Double(outputs)
  }

  /// A convolution of C features whose outputs see C / groups each.
  static func convolution(_ rows: Int, taps: Int, _ features: Int, groups: Int = 1) -> Double {
    map(rows, taps * (features / groups), features)
  }

  static func norm(_ rows: Int, _ features: Int, _ form: Norm.Form) -> Double {
    Norm.operations(rows: rows, features, form)
  }

  /// A transform of n real numbers.
  static func realTransform(_ n: Int) -> Double { 2.5 * Double(n) * log2(Double(n)) }

  /// The pairs of tokens of a sequence of which one sees the other, itself included.
  /// - Parameter window: tokens to each side that a token sees; nil: all.
  static func pairs(_ length: Int, causal: Bool, window: Int?) -> Double {
    let (n, w) = (Double(length), Double(min(window ?? length, max(0, length - 1))))
    // Each of n tokens sees w before it, but for those at the start.
    let before = n * w - w * (w + 1) / 2
    return n + (causal ? before : 2 * before)
  }
}

extension Norm {
  /// Squares, their sum and two factors by number; of a LayerNorm the mean, the deviation from it and the bias too.
  package static func operations(rows: Int, _ features: Int, _ form: Form = .layer) -> Double {
    (form == .rms ? 4 : 7) * Double(rows) * Double(features)
  }
}

extension BlockShape {
  /// Floating-point operations of a forward pass over sequences of these lengths, as `Operations` counts them.
  package func operations(lengths: [Int]) -> Double {
    let (h, rows) = (hOut, lengths.reduce(0, +))
    var sum = hIn == h ? 0 : Operations.map(rows, hIn, h)
    if layer.kind.readsGate, gateIn != h { sum += Operations.map(rows, gateIn, h) }
    if layer.kind.hasNorm { sum += Operations.norm(rows, h, layer.normForm) }
    return sum + layer.kind.block.operations(self, lengths: lengths) + MLP.operations(layer, rows: rows)
  }
}

extension MLP {
  /// Floating-point operations of a forward pass of a layer's MLP over R rows, its norm included.
  static func operations(_ layer: Layer, rows: Int) -> Double {
    if layer.mlp == .none { return 0 }
    let h = layer.width
    let norm = Operations.norm(rows, h, layer.normForm)
    switch layer.mlp {
    case .none: return 0
    case .gelu: return norm + 2 * Operations.map(rows, h, layer["inner"])
    case .gated, .swiglu: return norm + 3 * Operations.map(rows, h, layer["inner"])
    case .dense: return norm + Operations.map(rows, h, h)
    }
  }
}
