import Glibc

/// Threads that live as long as the pool and together run numbered tasks. Which thread runs a task is left to chance,
/// so a task's result must depend on its number alone.
///
/// `@unchecked Sendable`, the proof: everything in `Shared` is read and written only under its mutex; a body is run
/// only between `run`'s start and its return, so it may borrow what its caller holds; what several tasks write is kept
/// apart by the caller, by task number.
package final class WorkerPool: @unchecked Sendable {
  package let threads: Int
  private var handles: [pthread_t] = []
  private let shared: UnsafeMutablePointer<Shared>

  private struct Shared {
    var task: (@Sendable (Int) -> Void)?
    var count = 0
    var next = 0
    /// Tasks that have not finished.
    var open = 0
    var stopping = false
    var mutex = pthread_mutex_t()
    var wake = pthread_cond_t()
    var done = pthread_cond_t()
  }

  /// A pool of `threads` threads, the calling one included.
  package init(threads: Int) {
    precondition(threads > 0, "\(threads) threads")
    self.threads = threads
    shared = .allocate(capacity: 1)
    shared.initialize(to: Shared())
    pthread_mutex_init(&shared.pointee.mutex, nil)
    pthread_cond_init(&shared.pointee.wake, nil)
    pthread_cond_init(&shared.pointee.done, nil)
    for _ in 1..<threads {
      nonisolated(unsafe) let shared = shared
      handles.append(Threads.start { Self.work(shared, waiting: true) })
    }
  }

  deinit {
    pthread_mutex_lock(&shared.pointee.mutex)
    shared.pointee.stopping = true
    pthread_cond_broadcast(&shared.pointee.wake)
    pthread_mutex_unlock(&shared.pointee.mutex)
    for handle in handles { pthread_join(handle, nil) }
    shared.deinitialize(count: 1)
    shared.deallocate()
  }

  /// Runs body(0) ..< body(tasks), several at a time, and returns when all have finished. A pool has one caller at a
  /// time.
  package func run(_ tasks: Int, _ body: (Int) -> Void) {
    if threads == 1 || tasks <= 1 {
      for task in 0..<tasks { body(task) }
      return
    }
    withoutActuallyEscaping(body) { body in
      let sendable = unsafeBitCast(body, to: (@Sendable (Int) -> Void).self)
      pthread_mutex_lock(&shared.pointee.mutex)
      precondition(shared.pointee.task == nil, "a pool of threads has one caller at a time")
      shared.pointee.task = sendable
      shared.pointee.count = tasks
      shared.pointee.next = 0
      shared.pointee.open = tasks
      pthread_cond_broadcast(&shared.pointee.wake)
      pthread_mutex_unlock(&shared.pointee.mutex)
      Self.work(shared, waiting: false)
      pthread_mutex_lock(&shared.pointee.mutex)
      while shared.pointee.open > 0 { pthread_cond_wait(&shared.pointee.done, &shared.pointee.mutex) }
      shared.pointee.task = nil
      pthread_mutex_unlock(&shared.pointee.mutex)
    }
  }

  /// The results of body(0) ..< body(tasks) in order, computed as by `run`.
  package func map<Result>(_ tasks: Int, _ body: (Int) -> Result) -> [Result] {
    var results = [Result?](repeating: nil, count: tasks)
    results.withUnsafeMutableBufferPointer { results in
      // A task writes its own element, and so no two write to one place.
      let results = results
      run(tasks) { results[$0] = body($0) }
    }
    return results.map { $0! }
  }

  /// Takes tasks until none is left; a pool thread then waits for more, until the pool stops.
  private static func work(_ shared: UnsafeMutablePointer<Shared>, waiting: Bool) {
    pthread_mutex_lock(&shared.pointee.mutex)
    while true {
      if shared.pointee.next < shared.pointee.count, let task = shared.pointee.task {
        let number = shared.pointee.next
        shared.pointee.next += 1
        pthread_mutex_unlock(&shared.pointee.mutex)
        task(number)
        pthread_mutex_lock(&shared.pointee.mutex)
        shared.pointee.open -= 1
        if shared.pointee.open == 0 { pthread_cond_broadcast(&shared.pointee.done) }
      } else if waiting && !shared.pointee.stopping {
        pthread_cond_wait(&shared.pointee.wake, &shared.pointee.mutex)
      } else {
        break
      }
    }
    pthread_mutex_unlock(&shared.pointee.mutex)
  }
}
