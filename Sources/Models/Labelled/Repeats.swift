/// The fate of rows that repeat the letters, and the label if there is one, of an earlier row.
package enum Repeats: String, Sendable, CaseIterable {
  /// They are rows as others; nothing is looked for.
  case keep
  /// They are kept, and counted.
  case count
  /// They are left out, and counted.
  case drop
}
