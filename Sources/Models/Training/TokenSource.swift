package import Tokens

/// A source of training batches: a pure function of the step, so that training can stop and go on anywhere.
package protocol TokenSource {
  func batch(step: Int) throws -> PackedTokens
}

/// A source made of a function.
package struct TokenFunction: TokenSource {
  private let make: (Int) throws -> PackedTokens
  package init(_ make: @escaping (Int) throws -> PackedTokens) { self.make = make }
  package func batch(step: Int) throws -> PackedTokens { try make(step) }
}
