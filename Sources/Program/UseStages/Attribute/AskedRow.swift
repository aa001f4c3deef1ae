/// A row whose output is to be explained.
struct AskedRow {
  /// Its place in its split, from 0.
  let index: Int
  let sequence: [UInt8]
  /// Its label as the input writes it.
  let label: String
  /// By output of the model, its weight in the number that is explained.
  let weights: [Float]
}
