import Wording

extension [String] {
  /// The place of an id among these, which ascend in the order of their bytes.
  func place(of id: String) -> Int? {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle].precedesInBytes(id) { low = middle + 1 } else { high = middle }
    }
    return low < count && self[low] == id ? low : nil
  }
}
