import Glibc

/// The matrices of one buffer of weights as products want them: each is packed once, by the first shard that needs it,
/// for all shards and passes until the weights change.
///
/// `@unchecked Sendable`, the proof: everything is read and written under the mutex; what a packed matrix holds is
/// written before any thread is given it, and next after `expire`, which no pass runs beside.
final class PackedWeights: @unchecked Sendable {
  /// What tells two packed matrices of a buffer apart.
  struct Form: Hashable {
    let offset: Int
    let k: Int
    let n: Int
    let transposed: Bool
    var tapsReversed = false
    let half: Bool
  }

  private final class Matrix {
    let room: FloatBuffer
    var isCurrent = false
    init(_ form: Form) { room = FloatBuffer(count: GEMM.packedCount(form.k, form.n)) }
  }

  private var matrices: [Form: Matrix] = [:]
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// The matrix of this form; `pack` fills its room when what is there is no longer true.
  func matrix(_ form: Form, pack: (UnsafeMutablePointer<Float>) -> Void) -> GEMM.Packed {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let matrix = matrices[form] ?? Matrix(form)
    if !matrix.isCurrent {
      pack(matrix.room.base)
      matrix.isCurrent = true
      matrices[form] = matrix
    }
    return GEMM.Packed(k: form.k, n: form.n, half: form.half, numbers: matrix.room.base)
  }

  /// The weights have changed.
  func expire() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    for matrix in matrices.values { matrix.isCurrent = false }
  }
}

extension Tape {
  /// op(W) of a parameter, k x n, its numbers `first` and on with rows `stride` apart, packed.
  func packed(
    _ parameter: Parameter, from first: Int = 0, _ k: Int, _ n: Int, stride: Int, transposed: Bool,
    precise: Bool = false
  ) -> GEMM.Packed {
    let form = PackedWeights.Form(
      offset: parameter.offset + first, k: k, n: n, transposed: transposed, half: half && !precise)
    return blocks[parameter.block].packed.matrix(form) { room in
      GEMM.pack(k, n, weights(parameter) + first, stride, transpose: transposed, half: form.half, into: room)
    }
  }
}
