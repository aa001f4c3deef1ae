import Glibc

/// A thread, by default with a stack large enough for any stage.
package final class DetachedThread: Sendable {
  private let stack: Int
  private let body: @Sendable () -> Void
  package init(stack: Int = 64 << 20, _ body: @escaping @Sendable () -> Void) {
    self.stack = stack
    self.body = body
  }

  /// Waits where the machine has no thread left, and ends the process with a message where that lasts.
  package func start() {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, stack)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let context = Unmanaged.passRetained(self).toOpaque()
    let end = Clock.monotonic() + 30
    while true {
      var thread = pthread_t()
      let code = pthread_create(
        &thread, &attributes,
        { context in
          Unmanaged<DetachedThread>.fromOpaque(context!).takeRetainedValue().body()
          return nil
        }, context)
      if code == 0 { return }
      guard code == EAGAIN, Clock.monotonic() < end else {
        _ = Descriptors.write(Array("no thread: \(String(cString: strerror(code)))\n".utf8), to: 2)
        _exit(1)
      }
      usleep(100_000)
    }
  }
}
