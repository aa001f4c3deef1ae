import Arithmetic

/// One buffer that holds every tensor of a layout: weights, or their twin of gradients or moments.
package final class ParameterBuffer {
  package let layout: ParameterLayout
  /// A write to these is followed by `releasePacked`.
  let floats: FloatBuffer
  package let packed = PackedWeights()

  /// All zero.
  package init(_ layout: ParameterLayout) {
    self.layout = layout
    floats = FloatBuffer(count: layout.size)
  }

  /// The numbers of tensor `index`.
  package func values(_ index: Int) -> [Float] {
    let entry = layout.entries[index]
    return floats.array(entry.offset..<entry.offset + entry.count)
  }

  package func set(_ index: Int, _ values: [Float]) {
    precondition(values.count == layout.entries[index].count, "\(values.count) numbers for \(layout.entries[index])")
    floats.replace(from: layout.entries[index].offset, with: values)
    releasePacked()
  }

  /// Lets go of what was packed for products: the numbers have changed, or are not needed for now.
  package func releasePacked() { packed.release() }

  /// Takes over another buffer's numbers.
  package func copy(from other: ParameterBuffer) {
    precondition(layout == other.layout, "two layouts")
    floats.base.update(from: other.floats.base, count: layout.size)
    releasePacked()
  }

  /// Moves every number the share `part` of its way to another buffer's.
  package func approach(_ other: ParameterBuffer, by part: Float) {
    precondition(layout == other.layout, "two layouts")
    for i in 0..<layout.size { floats.base[i] += part * (other.floats.base[i] - floats.base[i]) }
    releasePacked()
  }

  /// Swaps the numbers of two buffers of one layout.
  package func exchange(with other: ParameterBuffer) {
    precondition(layout == other.layout, "two layouts")
    for i in 0..<layout.size { swap(&floats.base[i], &other.floats.base[i]) }
    releasePacked()
    other.releasePacked()
  }
}
