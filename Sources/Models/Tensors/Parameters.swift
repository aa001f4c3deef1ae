/// Gives a block its tensors by name, in the order of its buffer: to lay them out, or to find them on a tape.
///
/// A block asks for the same tensors in the same order every time. The order and the names are part of the weights.
package struct Parameters {
  /// The tensors asked for so far, unless they are bound.
  private var layout = ParameterLayout()
  /// The bound block's number and tensors; nil while a block is only laid out.
  private let bound: (block: Int, entries: [ParameterLayout.Entry])?
  private var next = 0

  /// Lays a block out. The tensors that it gives lie on no tape.
  private init() { bound = nil }

  /// The tensors of the block that is bound to a tape under this number.
  package init(of block: Int, on tape: Tape) { bound = (block, tape.blocks[block].layout.entries) }

  /// The layout of what `ask` asks for.
  package static func layout<Tensors>(_ ask: (inout Parameters) -> Tensors) -> ParameterLayout {
    var parameters = Parameters()
    _ = ask(&parameters)
    return parameters.layout
  }

  /// The next tensor. `decays` and `initialization` count when a block is laid out.
  package mutating func tensor(
    _ name: String, _ shape: [Int], decays: Bool, _ initialization: Initialization
  ) -> Parameter {
    defer { next += 1 }
    guard let bound else {
      layout.add(name, shape, decays: decays, initialization)
      return Parameter(block: -1, offset: layout.entries[next].offset, shape: shape)
    }
    precondition(next < bound.entries.count, "\(name) behind the last of \(bound.entries.count) tensors")
    let entry = bound.entries[next]
    precondition(entry.name == name && entry.shape == shape, "\(name) \(shape) in the place of \(entry)")
    return Parameter(block: bound.block, offset: entry.offset, shape: entry.shape)
  }
}
