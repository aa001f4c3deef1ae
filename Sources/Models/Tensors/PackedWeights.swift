package import Arithmetic
import Glibc

/// The matrices of one buffer of weights as products want them: each is packed once, by the first shard that needs it,
/// for all shards and passes until the weights change. Then they are let go: only blocks in use hold any.
///
/// `@unchecked Sendable`, the proof: everything is read and written under the mutex; what a packed matrix holds is
/// written before any thread is given it and never after; `release` has no pass beside it.
package final class PackedWeights: @unchecked Sendable {
  /// The properties that tell two packed matrices of a buffer apart.
  package struct Form: Hashable {
    let offset: Int
    package let k: Int
    package let n: Int
    let transposed: Bool
    let tapsReversed: Bool
    let half: Bool

    package init(offset: Int, k: Int, n: Int, transposed: Bool, tapsReversed: Bool = false, half: Bool) {
      (self.offset, self.k, self.n) = (offset, k, n)
      (self.transposed, self.tapsReversed, self.half) = (transposed, tapsReversed, half)
    }
  }

  private final class Room {
    let floats: FloatBuffer
    init(_ form: Form) { floats = FloatBuffer(count: GEMM.packedCount(form.k, form.n, half: form.half)) }
  }

  private var rooms: [Form: Room] = [:]
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// The matrix of this form, which `pack` writes when there is none yet.
  package func matrix(_ form: Form, pack: (UnsafeMutablePointer<Float>) -> Void) -> GEMM.Packed {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    let room = rooms[form] ?? Room(form)
    if rooms.updateValue(room, forKey: form) == nil { pack(room.floats.base) }
    return GEMM.Packed(k: form.k, n: form.n, half: form.half, numbers: room.floats.base)
  }

  /// The weights have changed, or are not needed for now.
  func release() {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    rooms.removeAll(keepingCapacity: true)
  }
}
