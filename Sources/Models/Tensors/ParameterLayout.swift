import Arithmetic

/// How one tensor of a block starts out.
package enum Initialization: Hashable, Sendable {
  case zeros, ones
  case constant(Double)
  /// Equal parts one after the other, each of one number.
  case parts([Double])
  /// Uniform in [-limit, limit].
  case uniform(limit: Double)
  /// Numbers whose softplus is log-uniform in [from, to], and at least the floor: Mamba's time steps.
  case timeSteps(from: Double, to: Double, floor: Double)
  /// log(row + 1) in every column: Mamba's A, which is minus its exponential.
  case logarithmsOfRows
}

/// The tensors of one block: where each lies in the block's one buffer.
package struct ParameterLayout: Hashable, Sendable {
  /// One tensor: its name within the block, shape, place, and how the optimizer and the initialiser treat it.
  package struct Entry: Hashable, Sendable {
    package let name: String
    package let shape: [Int]
    /// In floats, a multiple of 16 (64 bytes).
    package let offset: Int
    package let count: Int
    /// Whether weight decay applies: not to norms, biases, A and D of a scan, and filters.
    package let decays: Bool
    package let initialization: Initialization
  }

  package private(set) var entries: [Entry] = []
  /// Floats of the buffer, padding included.
  package private(set) var size = 0

  package init() {}

  /// Numbers in all tensors, padding excluded.
  package var parameterCount: Int { entries.reduce(0) { $0 + $1.count } }

  /// Places one more tensor and returns its number.
  @discardableResult
  package mutating func add(_ name: String, _ shape: [Int], decays: Bool, _ initialization: Initialization) -> Int {
    let count = shape.reduce(1, *)
    precondition(count > 0 && !entries.contains { $0.name == name }, "tensor \(name) \(shape)")
    entries.append(
      Entry(name: name, shape: shape, offset: size, count: count, decays: decays, initialization: initialization))
    size += count.alignedFloats
    return entries.count - 1
  }
}
