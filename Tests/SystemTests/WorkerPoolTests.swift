import Testing

@testable import System

@Suite struct WorkerPoolTests {
  @Test(arguments: [1, 2, 4, 7]) func `every task runs once`(threads: Int) {
    let pool = WorkerPool(threads: threads)
    for tasks in [0, 1, 2, 3, 8, 1000] {
      var counts = [Int](repeating: 0, count: tasks)
      counts.withUnsafeMutableBufferPointer { counts in
        let counts = counts
        pool.run(tasks) { counts[$0] += 1 }
      }
      #expect(counts.allSatisfy { $0 == 1 })
      #expect(pool.map(tasks) { "\($0)" } == (0..<tasks).map { "\($0)" })
    }
  }
}
