package import Tensors

/// The tensors of modal filters, each n x C: n damped waves of C filters.
package struct Modes: Sendable {
  /// Before softplus: minus the logarithm of a pole's modulus.
  package let decay: Parameter
  /// The angles of poles, in radians.
  package let angle: Parameter
  /// The parts of a residue.
  package let real: Parameter
  package let imaginary: Parameter

  package init(decay: Parameter, angle: Parameter, real: Parameter, imaginary: Parameter) {
    (self.decay, self.angle, self.real, self.imaginary) = (decay, angle, real, imaginary)
  }
}
