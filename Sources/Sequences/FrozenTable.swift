/// An array that never changes after its creation, read without bounds checks in hot loops.
///
/// `@unchecked Sendable` is sound: `base` is written only in `init`, before any other thread can have a reference, and freed
/// when the last reference is gone.
final class FrozenTable<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  let base: UnsafePointer<Element>
  let count: Int
  private let storage: UnsafeMutablePointer<Element>

  init(_ elements: [Element]) {
    storage = .allocate(capacity: max(1, elements.count))
    storage.initialize(from: elements, count: elements.count)
    base = UnsafePointer(storage)
    count = elements.count
  }

  deinit { storage.deallocate() }

  @inline(__always) subscript(_ index: Int) -> Element { base[index] }
}
