/// The extent of a convolution over the tokens of a sequence.
package struct ConvolutionShape: Hashable, Sendable {
  /// Weights along the sequence.
  package let taps: Int
  /// Tokens between neighbouring taps.
  package let dilation: Int
  /// Tokens that the first tap lies before the output: the whole reach when causal, half of it otherwise.
  package let left: Int
  package init(taps: Int, dilation: Int, causal: Bool) {
    precondition(taps > 0 && dilation > 0, "convolution of \(taps) taps, dilation \(dilation)")
    self.taps = taps
    self.dilation = dilation
    let reach = (taps - 1) * dilation
    left = causal ? reach : reach / 2
  }

  /// Tokens from the first tap to the last.
  var reach: Int { (taps - 1) * dilation }
}
