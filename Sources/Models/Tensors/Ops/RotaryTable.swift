import Arithmetic
import CKernels

/// cos and sin of every (position, frequency), grown to the longest sequence seen.
final class RotaryTable {
  /// The base of the angles, and half the features of a head.
  struct Key: Hashable {
    let half: Int
    let base: Int
  }

  let length: Int
  let cosines: FloatBuffer
  let sines: FloatBuffer
  init(length: Int, key: Key) {
    self.length = length
    cosines = FloatBuffer(count: length * key.half)
    sines = FloatBuffer(count: length * key.half)
    kernel_rotary_table(cosines.base, sines.base, Int64(length), Int64(key.half), Double(key.base))
  }
}

extension Tape {
  /// The table of at least so many places.
  func rotaryTable(_ key: RotaryTable.Key, length: Int) -> RotaryTable {
    if let table = rotary[key], table.length >= length { return table }
    let table = RotaryTable(length: length, key: key)
    rotary[key] = table
    return table
  }
}
