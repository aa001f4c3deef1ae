import Arithmetic
import Randomness
package import Tensors

/// Starting weights: a pure function of (seed, tensor name), whatever else is built and in whatever order.
package struct Initializer: Sendable {
  package let seed: Int
  package init(seed: Int) { self.seed = seed }

  /// Weights of a block: tensor `t` of block `b` is named `b/t`.
  package func weights(_ layout: ParameterLayout, block: String) -> ParameterBuffer {
    let buffer = ParameterBuffer(layout)
    for (index, entry) in layout.entries.enumerated() {
      let name = "\(block)/\(entry.name)"
      switch entry.initialization {
      case .zeros: break
      case .ones: buffer.set(index, [Float](repeating: 1, count: entry.count))
      case .constant(let value): buffer.set(index, [Float](repeating: Float(value), count: entry.count))
      case .parts(let values):
        let size = entry.count / values.count
        buffer.set(index, (0..<entry.count).map { Float(values[$0 / size]) })
      case .uniform(let limit): buffer.set(index, units(entry.count, name: name).map { Float((2 * $0 - 1) * limit) })
      case .timeSteps(let from, let to, let floor):
        let (low, high) = (Elementary.log(from), Elementary.log(to))
        buffer.set(
          index,
          units(entry.count, name: name).map { unit in
            let step = max(Elementary.exp(low + unit * (high - low)), floor)
            return Float(step + Elementary.log(1 - Elementary.exp(-step)))
          })
      case .logarithmsOfRows:
        let columns = entry.count / entry.shape[0]
        buffer.set(index, (0..<entry.count).map { Float(Elementary.log(Double($0 / columns + 1))) })
      }
    }
    return buffer
  }

  /// Numbers uniform in [0, 1), four to a counter (FNV-1a of the name, index / 4), 24 bits each.
  private func units(_ count: Int, name: String) -> [Double] {
    let random = Philox(seed: seed, stream: .initialization)
    let key = Int(bitPattern: UInt(fnv1a(name)))
    var numbers: [Double] = []
    numbers.reserveCapacity(count + 3)
    for group in 0..<(count + 3) / 4 {
      let words = random.words(key, group)
      for lane in 0..<4 { numbers.append(Double(words[lane] >> 8) * 0x1p-24) }
    }
    return Array(numbers.prefix(count))
  }

  /// The 64-bit FNV-1a hash of a name's UTF-8 bytes.
  private func fnv1a(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
