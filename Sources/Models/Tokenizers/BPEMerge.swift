/// A pair of tokens, by their ids, that byte-pair encoding joins to one.
package struct BPEMerge: Hashable, Sendable {
  package let left: Int32
  package let right: Int32
  package init(_ left: Int32, _ right: Int32) {
    self.left = left
    self.right = right
  }
}
