/// An array that never changes, read without bounds checks and without reference counts in hot loops. Its elements
/// belong to the `FrozenMemory` that made it, and must not be read after that is gone.
///
/// `@unchecked Sendable` is sound: the elements are written before any other thread can have the table, and never
/// again.
struct FrozenTable<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  let base: UnsafePointer<Element>
  let count: Int

  fileprivate init(base: UnsafePointer<Element>, count: Int) {
    self.base = base
    self.count = count
  }

  @inline(__always) subscript(_ index: Int) -> Element { base[index] }
}

/// Owns the elements of frozen tables; a stored property of the tables' owner.
///
/// `@unchecked Sendable` is sound: it is changed only while its owner is made, by the one thread that makes it.
final class FrozenMemory: @unchecked Sendable {
  private var allocations: [UnsafeMutableRawPointer] = []

  init() {}

  func table<Element>(_ elements: [Element]) -> FrozenTable<Element> {
    let storage = UnsafeMutablePointer<Element>.allocate(capacity: max(1, elements.count))
    storage.initialize(from: elements, count: elements.count)
    allocations.append(UnsafeMutableRawPointer(storage))
    return FrozenTable(base: UnsafePointer(storage), count: elements.count)
  }

  deinit { for allocation in allocations { allocation.deallocate() } }
}
