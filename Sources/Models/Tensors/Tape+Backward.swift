import Arithmetic
import CKernels

extension Tape {
  /// Runs the recorded ops backward. The gradient starts at the values whose loss has been taken, and at `seeds`.
  package func backward(seeds: [(value: TapeValue, gradient: [Float])] = []) {
    precondition(isTraining, "backward on a tape that only evaluates")
    for (value, gradient) in seeds {
      let (pointer, _) = gradientForWriting(value)
      gradient.withUnsafeBufferPointer { pointer.update(from: $0.baseAddress!, count: $0.count) }
    }
    let last = division
    for (op, division) in ops.reversed() {
      self.division = division
      op.backward(on: self)
    }
    division = last
  }

  /// Keeps an op for the backward pass, where there will be one.
  package func record(_ op: some Op) {
    if isTraining { ops.append((op, division)) }
  }

  /// The finished gradient of a value, or nil when no loss depends on it.
  package func gradient(_ value: TapeValue) -> UnsafeMutablePointer<Float>? {
    if gradientInPlace[value.index] { return pointer(value) }
    let offset = gradientOffsets[value.index]
    return offset < 0 ? nil : gradients.base + offset
  }

  /// The gradient of a value as an array, for tests.
  package func gradientArray(_ value: TapeValue) -> [Float]? {
    gradient(value).map { Array(UnsafeBufferPointer(start: $0, count: value.rows * value.columns)) }
  }

  /// The place at which an op adds to the gradient of its input; `accumulate` is false for the first op that does.
  package func gradientForWriting(_ value: TapeValue) -> (pointer: UnsafeMutablePointer<Float>, accumulate: Bool) {
    if let pointer = gradient(value) { return (pointer, true) }
    gradientOffsets[value.index] = gradientRoom(value.rows * value.columns)
    return (gradients.base + gradientOffsets[value.index], false)
  }

  /// The op that made `value` has run backward: its gradient's room is free.
  package func releaseGradient(_ value: TapeValue) {
    let offset = gradientOffsets[value.index]
    if offset < 0 { return }
    free.append((offset, (value.rows * value.columns).alignedFloats))
  }

  /// An op that passes its gradient on unchanged: y's becomes x's, without a copy where x has none yet.
  package func passGradient(from y: TapeValue, to x: TapeValue, releasing: Bool) {
    guard let dy = gradient(y) else { return }
    if gradientOffsets[x.index] < 0, !gradientInPlace[x.index], !gradientInPlace[y.index], releasing {
      gradientOffsets[x.index] = gradientOffsets[y.index]
      return
    }
    let (dx, accumulate) = gradientForWriting(x)
    // The arena may have moved.
    let source = gradient(y) ?? dy
    if accumulate {
      kernel_add(source, dx, Int64(y.rows * y.columns))
    } else {
      dx.update(from: source, count: y.rows * y.columns)
    }
    if releasing { releaseGradient(y) }
  }

  private func gradientRoom(_ count: Int) -> Int {
    let size = count.alignedFloats
    if let index = free.lastIndex(where: { $0.count == size }) { return free.remove(at: index).offset }
    let offset = gradientEnd
    gradientEnd += size
    if gradientEnd > gradients.count {
      let larger = FloatBuffer(count: max(gradientEnd, gradients.count * 3 / 2))
      larger.base.update(from: gradients.base, count: offset)
      gradients = larger
    }
    return offset
  }
}
