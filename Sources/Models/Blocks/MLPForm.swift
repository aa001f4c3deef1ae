/// The forms that the MLP of a layer can have: x is R x h, n the option `inner`.
enum MLPForm: Int, Sendable, CaseIterable {
  /// There is none.
  case none
  /// x + W2 GELU(W1 norm(x) + b1) + b2 (Vaswani et al. 2017).
  case gelu
  /// x + W3 (GELU(W1 norm(x)) * W2 norm(x)), without biases (Shazeer 2020, GEGLU; StripedHyena).
  case gated
  /// x + W3 (SiLU(W1 norm(x)) * W2 norm(x)), without biases (Shazeer 2020, SwiGLU).
  case swiglu
  /// x + norm(GELU(W x + b)), W h x h: the feed-forward part of ConvNova (Bo et al. 2025).
  case dense

  /// The option of a kind for which this form is the default.
  var option: BlockOption {
    BlockOption("mlp", "\(self)", of: Self.allCases.map { "\($0)" }, "the MLP behind the mixing of tokens")
  }

  /// The option of the inner width, of a kind for which this form is the default.
  var innerOption: BlockOption {
    let fallback = self
    return BlockOption(
      "inner", "4 times the width, 8/3 of a gated MLP as a multiple of 16", 1...65536, "inner width of the MLP"
    ) { width, stated in
      let form = stated["mlp"].flatMap(MLPForm.init) ?? fallback
      return form.isGated ? (width + 5) / 6 * 16 : 4 * width
    }
  }

  var isGated: Bool { self == .gated || self == .swiglu }
  var hasInner: Bool { self == .gelu || isGated }
}
