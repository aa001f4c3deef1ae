package import Blocks

/// The reason for which a search space cannot be reduced.
package enum SpaceFinding: Error, Hashable, Sendable {
  case empty(String)
  case repeated(String, String)
  case outOfRange(String, Int, ClosedRange<Int>)
  case negative(String, Int)
  case distance(Double)
  /// Kinds of layer: modules times widths.
  case tooManyLayers(Int)
  case layer(BlockProblem)
  /// The raw size does not fit an integer of 64 bits.
  case tooLarge(depth: Int)
  case tooManyWidthVectors(depth: Int, count: Int, limit: Int)
  case tooManyArchitectures(depth: Int, count: Int, limit: Int)
  /// Fewer architectures are left than are asked for.
  case tooFew(wanted: Int, available: Int)
  /// Two architectures whose options hash alike.
  case sameID(String)
  /// Two written architectures that state different embeddings.
  case embeddings(String, String)
}

extension SpaceFinding: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty(let name): "\(name) is empty"
    case .repeated(let name, let item): "\(name) has \(item) twice"
    case .outOfRange(let name, let value, let range):
      "\(name): \(value) is not in \(range.lowerBound)...\(range.upperBound)"
    case .negative(let name, let value): "\(name) is \(value), but may not be negative"
    case .distance(let value): "min-distance is \(value), but must be a number from 0 up"
    case .tooManyLayers(let count): "\(count) kinds of layer (modules times widths); at most 256 are sampled from"
    case .layer(let problem): problem.description
    case .tooLarge(let depth): "depth \(depth) has more paths than 64 bits can count"
    case .tooManyWidthVectors(let depth, let count, let limit):
      "depth \(depth) has \(count) width vectors, more than the \(limit) that are enumerated: use fewer widths"
    case .tooManyArchitectures(let depth, let count, let limit):
      "depth \(depth) has \(count) architectures before clustering, more than the limit of \(limit): "
        + "raise min-distance, or use fewer modules or widths"
    case .tooFew(let wanted, let available):
      "\(wanted) architectures are asked for, but only \(available) "
        + "\(available == 1 ? "is" : "are") left after the constraints"
    case .embeddings(let first, let other):
      "the paths of a space share one embedding: \(first) and \(other) do not state the same"
    case .sameID(let id): "two architectures with different options share the id \(id)"
    }
  }
}
