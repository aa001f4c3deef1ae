/// The one owner of numbers: `count` floats, zero at first, starting on a 64-byte boundary.
package struct FloatBuffer: ~Copyable {
  package let count: Int
  /// For the line that calls C.
  package let base: UnsafeMutablePointer<Float>

  package init(count: Int) {
    precondition(count >= 0, "FloatBuffer(count: \(count))")
    self.count = count
    let raw = UnsafeMutableRawPointer.allocate(byteCount: max(64, count * 4), alignment: 64)
    base = raw.bindMemory(to: Float.self, capacity: max(16, count))
    base.initialize(repeating: 0, count: max(16, count))
  }

  deinit { UnsafeMutableRawPointer(base).deallocate() }

  package subscript(index: Int) -> Float {
    get {
      precondition(index >= 0 && index < count, "\(index) of \(count)")
      return base[index]
    }
    nonmutating set {
      precondition(index >= 0 && index < count, "\(index) of \(count)")
      base[index] = newValue
    }
  }

  /// Sets elements `range` to zero.
  package func clear(_ range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count)")
    (base + range.lowerBound).update(repeating: 0, count: range.count)
  }

  /// Elements `range` as an array.
  package func array(_ range: Range<Int>) -> [Float] {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count)")
    return Array(UnsafeBufferPointer(start: base + range.lowerBound, count: range.count))
  }

  /// Replaces the elements from `offset` on.
  package func replace(from offset: Int, with values: [Float]) {
    precondition(offset >= 0 && offset + values.count <= count, "\(offset) + \(values.count) of \(count)")
    values.withUnsafeBufferPointer {
      if let source = $0.baseAddress { (base + offset).update(from: source, count: $0.count) }
    }
  }
}

extension Int {
  /// This count rounded up to whole 64-byte lines of floats.
  package var alignedFloats: Int { (self + 15) & ~15 }
}
