import Glibc
import Synchronization

/// Runs the parts of one piece of work at the same time, each on a thread of its own, the first on the calling one, and
/// returns their results in order. (Dispatch runs them one after the other on a busy machine.)
func inParts<Result: Sendable>(_ count: Int, _ body: @escaping @Sendable (Int) -> Result) -> [Result] {
  let slots = (0..<count).map { _ in Slot<Result>() }
  let run = { @Sendable (part: Int) in slots[part].set(body(part)) }
  let threads = (1..<max(1, count)).map { part in start(Work { run(part) }) }
  if count > 0 { run(0) }
  for thread in threads { pthread_join(thread, nil) }
  return slots.map { $0.get() }
}

private final class Slot<Result: Sendable>: Sendable {
  private let value = Mutex<Result?>(nil)
  func set(_ result: Result) { value.withLock { $0 = result } }
  func get() -> Result {
    guard let result = value.withLock({ $0 }) else { preconditionFailure("a part was not run") }
    return result
  }
}

private final class Work: Sendable {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

private func start(_ work: Work) -> pthread_t {
  var thread = pthread_t()
  let failure = pthread_create(
    &thread, nil,
    { argument in
      Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().body()
      return nil
    }, Unmanaged.passRetained(work).toOpaque())
  precondition(failure == 0, "pthread_create: \(failure)")
  return thread
}
