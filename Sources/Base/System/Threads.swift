import Glibc

/// Threads of the system, which end when their body ends.
package enum Threads {
  /// Starts a thread that nobody waits for, by default with a stack large enough for any stage.
  package static func detach(stack: Int = 64 << 20, _ body: @escaping @Sendable () -> Void) {
    pthread_detach(start(stack: stack, body))
  }

  /// Starts a thread to be joined. Waits where the machine has no thread left, and ends the process with a message
  /// where that lasts.
  static func start(stack: Int = 8 << 20, _ body: @escaping @Sendable () -> Void) -> pthread_t {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stack)
    let context = Unmanaged.passRetained(Work(body)).toOpaque()
    let end = Clock.monotonic() + 30
    while true {
      var thread = pthread_t()
      let code = pthread_create(
        &thread, &attributes,
        { context in
          Unmanaged<Work>.fromOpaque(context!).takeRetainedValue().body()
          return nil
        }, context)
      if code == 0 { return thread }
      guard code == EAGAIN, Clock.monotonic() < end else {
        _ = Descriptors.write(Array("no thread: \(String(cString: strerror(code)))\n".utf8), to: 2)
        _exit(1)
      }
      usleep(100_000)
    }
  }

  private final class Work: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
