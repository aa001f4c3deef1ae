/// How a model knows the places of tokens, beyond what its blocks see: added to the embedding of each token.
package enum Positions: Hashable, Sendable {
  case none
  /// A learned vector for each of so many places.
  case learned(Int)
  /// sin and cos of the place at falling frequencies, of any length (Vaswani et al. 2017, section 3.5).
  case sinusoidal

  /// The names by which a pipeline asks for them.
  package static let names = ["none", "learned", "sinusoidal"]

  package var name: String {
    switch self {
    case .none: Self.names[0]
    case .learned: Self.names[1]
    case .sinusoidal: Self.names[2]
    }
  }

  /// Places that are known; nil: any.
  package var count: Int? { if case .learned(let count) = self { count } else { nil } }

  /// Those of that name; nil for another name. `count` counts for learned ones.
  package init?(_ name: String, count: Int) {
    switch name {
    case Self.names[0]: self = .none
    case Self.names[1]: self = .learned(count)
    case Self.names[2]: self = .sinusoidal
    default: return nil
    }
  }
}
