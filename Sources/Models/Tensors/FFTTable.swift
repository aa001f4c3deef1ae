package import Arithmetic
import CKernels

/// Twiddle factors of the transforms of one length.
package final class FFTTable {
  package let floats: FloatBuffer
  package init(length: Int) {
    floats = FloatBuffer(count: Int(kernel_fft_table_size(Int64(length))))
    kernel_fft_table(floats.base, Int64(length))
  }
}
