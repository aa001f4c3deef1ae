/// A matrix on a tape: `rows` tokens (or sequences) of `columns` features.
package struct TapeValue: Sendable {
  /// Its number on the tape.
  package let index: Int
  package let rows: Int
  package let columns: Int
}
