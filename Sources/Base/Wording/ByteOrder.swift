extension StringProtocol {
  /// Order by UTF-8 bytes: the order of names and ids everywhere.
  @inlinable package func precedesInBytes(_ other: some StringProtocol) -> Bool {
    utf8.lexicographicallyPrecedes(other.utf8)
  }
}

extension [String] {
  /// Order of lists of ids: id by id, by bytes.
  package func precedesInBytes(_ other: [String]) -> Bool {
    for (a, b) in zip(self, other) where a != b { return a.precedesInBytes(b) }
    return count < other.count
  }
}
