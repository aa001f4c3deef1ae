import Stores

extension Life {
  /// Whether the process gave a sign of life of late.
  package var isAlive: Bool { if case .alive = self { true } else { false } }

  /// The process, as long as it may be at work.
  package var owner: String? {
    switch self {
    case .alive(let owner), .silent(let owner, _): owner
    case .gone: nil
    }
  }
}
