import CKernels

/// Which table of angles: base and half the features of a head.
struct RotaryKey: Hashable {
  let half: Int
  let base: Int
}

/// cos and sin of every (position, frequency), grown to the longest sequence seen.
final class RotaryTable {
  let length: Int
  let cosines: FloatBuffer
  let sines: FloatBuffer
  init(length: Int, key: RotaryKey) {
    self.length = length
    cosines = FloatBuffer(count: length * key.half)
    sines = FloatBuffer(count: length * key.half)
    kernel_rotary_table(cosines.base, sines.base, Int64(length), Int64(key.half), Double(key.base))
  }
}
