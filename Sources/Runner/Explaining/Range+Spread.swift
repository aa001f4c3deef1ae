extension Range<Int> {
  /// At most `limit` numbers of the range, evenly spread over it.
  package func spread(_ limit: Int) -> [Int] {
    count <= limit ? Array(self) : (0..<limit).map { lowerBound + $0 * count / limit }
  }
}
