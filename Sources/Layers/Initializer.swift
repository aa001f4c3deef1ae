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
      switch entry.initialization {
      case .zeros: break
      case .ones: buffer.set(index, [Float](repeating: 1, count: entry.count))
      case .uniform(let limit): buffer.set(index, uniform(entry.count, limit: limit, name: "\(block)/\(entry.name)"))
      }
    }
    return buffer
  }

  /// Numbers uniform in [-limit, limit), four to a counter (FNV-1a of the name, index / 4), 24 bits each.
  private func uniform(_ count: Int, limit: Double, name: String) -> [Float] {
    let random = Philox(seed: seed, stream: .initialization)
    let key = Int(bitPattern: UInt(fnv1a(name)))
    var numbers: [Float] = []
    numbers.reserveCapacity(count + 3)
    for group in 0..<(count + 3) / 4 {
      let words = random.words(key, group)
      for lane in 0..<4 {
        let unit = Double(words[lane] >> 8) * 0x1p-24
        numbers.append(Float((2 * unit - 1) * limit))
      }
    }
    return Array(numbers.prefix(count))
  }

  /// The 64-bit FNV-1a hash of a name's UTF-8 bytes.
  private func fnv1a(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
