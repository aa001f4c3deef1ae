import Blocks
import Tensors

/// A block of a path: its weights, and how its tensors are asked for.
package struct PathPart<Tensors> {
  package let block: BlockState
  let tensors: (inout Parameters) -> Tensors

  /// Binds the block to a tape and returns its tensors there.
  func bind(to tape: Tape) -> Tensors {
    var parameters = Parameters(of: tape.bind(block.weights, name: block.name), on: tape)
    return tensors(&parameters)
  }
}
