/// An array that never changes, read without bounds checks and without reference counts in hot loops. Its elements
/// belong to the `FrozenMemory` that made it, and must not be read after that is gone.
///
/// `@unchecked Sendable` is sound: the elements are written before any other thread can have the table, and never
/// again.
struct FrozenTable<Element: BitwiseCopyable & Sendable>: @unchecked Sendable {
  let base: UnsafePointer<Element>
  let count: Int

  init(base: UnsafePointer<Element>, count: Int) {
    self.base = base
    self.count = count
  }

  @inline(__always) subscript(_ index: Int) -> Element { base[index] }
}
