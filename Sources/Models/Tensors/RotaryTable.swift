package import Arithmetic
import CKernels

/// cos and sin of every (position, frequency), grown to the longest sequence seen.
package final class RotaryTable {
  /// Half the features of a head, the base of the angles, and the places that count as one.
  package struct Key: Hashable {
    package let half: Int
    package let base: Int
    package let stretch: Int

    package init(half: Int, base: Int = 10_000, stretch: Int = 1) {
      (self.half, self.base, self.stretch) = (half, base, stretch)
    }
  }

  let length: Int
  package let cosines: FloatBuffer
  package let sines: FloatBuffer
  /// - Parameter first: the place of the first row.
  package init(from first: Int = 0, length: Int, key: Key) {
    self.length = length
    cosines = FloatBuffer(count: length * key.half)
    sines = FloatBuffer(count: length * key.half)
    kernel_rotary_table(
      cosines.base, sines.base, Int64(first), Int64(length), Int64(key.half), Double(key.base), Double(key.stretch))
  }
}

extension Tape {
  /// The table of at least so many places.
  package func rotaryTable(_ key: RotaryTable.Key, length: Int) -> RotaryTable {
    if let table = rotary[key], table.length >= length { return table }
    let table = RotaryTable(length: length, key: key)
    rotary[key] = table
    return table
  }
}
