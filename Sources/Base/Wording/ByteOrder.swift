extension String {
  /// Order by UTF-8 bytes: the order of ids everywhere.
  package func precedesInBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
