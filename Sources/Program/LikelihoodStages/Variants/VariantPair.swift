/// A window of a record and its mutant, to be scored.
struct VariantPair: Sendable {
  let name: String
  let record: String
  /// From 1, as VCF counts.
  let position: Int
  /// The change in words of the table.
  let reference: String
  let alternative: String
  /// Letters as the model reads them.
  let window: [UInt8]
  let mutant: [UInt8]
  /// Stands for the window: pairs with one place have one reference.
  let place: Place
  /// Whether letters stand for as many others.
  let isSubstitution: Bool

  struct Place: Hashable, Sendable {
    let range: Range<Int>
    let isReverse: Bool
  }
}
