import Arithmetic
import CKernels

/// The arithmetic of an optimizer step on a run of numbers of one tensor.
package enum ParameterUpdate {
  /// Sums elements `range` of all tapes' parameter gradients into the first tape's, as a binary tree over the tapes,
  /// and returns the sum of the squares of the result.
  package static func reduce(_ gradients: [UnsafeMutablePointer<Float>?], _ range: Range<Int>) -> Double {
    gradients.withUnsafeBufferPointer {
      kernel_tree_sum($0.baseAddress!, Int64($0.count), Int64(range.lowerBound), Int64(range.upperBound))
    }
    return kernel_square_sum(gradients[0]! + range.lowerBound, Int64(range.count))
  }

  /// The numbers of one AdamW step, corrections included.
  package struct Coefficients: Sendable {
    package var rate: Double
    package var beta1: Double
    package var beta2: Double
    package var epsilon: Double
    package var decay: Double
    /// 1 - beta1^t and 1 - beta2^t.
    package var corrections: (Double, Double)
    /// The factor by which clipping multiplies the gradient first.
    package var scale: Double
    package init(
      rate: Double, beta1: Double, beta2: Double, epsilon: Double, decay: Double, corrections: (Double, Double),
      scale: Double
    ) {
      self.rate = rate
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.decay = decay
      self.corrections = corrections
      self.scale = scale
    }
  }

  /// Elements `range` of weights and moments move by AdamW; `gradient` is the gradient of the range's first element.
  package static func adamW(
    _ weights: ParameterBuffer, _ gradient: UnsafePointer<Float>, first: ParameterBuffer, second: ParameterBuffer,
    range: Range<Int>, _ c: Coefficients
  ) {
    precondition(range.upperBound <= weights.layout.size, "\(range) of \(weights.layout.size)")
    let offset = range.lowerBound
    kernel_adamw(
      weights.floats.base + offset, gradient, first.floats.base + offset, second.floats.base + offset,
      Int64(range.count), Float(c.rate), Float(c.beta1), Float(c.beta2), Float(c.epsilon), Float(c.decay),
      Float(c.corrections.0), Float(c.corrections.1), Float(c.scale))
    weights.releasePacked()
  }
}
