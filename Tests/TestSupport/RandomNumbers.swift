import Foundation

/// Numbers for random tests: SplitMix64. The seed is in the failure's comment.
package struct RandomNumbers: RandomNumberGenerator {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number of the standard normal distribution, nearly: the sum of twelve uniform ones.
  package mutating func normal() -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
  }

  /// `count` letters of `alphabet`, each drawn by itself.
  package mutating func letters(_ alphabet: String, _ count: Int) -> [UInt8] {
    let letters = Array(alphabet.utf8)
    return (0..<count).map { _ in letters.randomElement(using: &self)! }
  }

  /// Letters that fill the bytes which a reader holds back to see what a file is, or none: the bytes after them are
  /// read as they come.
  package mutating func lead() -> [UInt8] {
    Bool.random(using: &self) ? letters("ACGT", Int.random(in: 480...530, using: &self)) : []
  }

  /// Cuts bytes into chunks of random sizes and gives them one by one.
  package mutating func cut(_ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
    var rest = bytes[...]
    while !rest.isEmpty {
      let chunk = Array(rest.prefix(Int.random(in: 1...9, using: &self)))
      rest = rest.dropFirst(chunk.count)
      try chunk.withUnsafeBytes(body)
    }
  }

  /// A file with one to four faults: a byte changed, a bit turned, bytes removed or inserted.
  package mutating func damaged(_ file: [UInt8]) -> [UInt8] {
    var file = file
    for _ in 0..<Int.random(in: 1...4, using: &self) where !file.isEmpty {
      let place = Int.random(in: 0..<file.count, using: &self)
      switch Int.random(in: 0..<5, using: &self) {
      case 0: file[place] = UInt8.random(in: 0...255, using: &self)
      case 1: file[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 2: file.remove(at: place)
      case 3: file.insert(file.randomElement(using: &self)!, at: place)
      default: file.removeSubrange(place..<min(file.count, place + Int.random(in: 1...40, using: &self)))
      }
    }
    return file
  }
}

/// A fresh seed, or `BIOARC_SEED`.
package let seed: UInt64 =
  ProcessInfo.processInfo.environment["BIOARC_SEED"].flatMap(UInt64.init) ?? .random(in: 0..<1 << 32)

package func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
package func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: Array(bytes), as: UTF8.self) }
