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
