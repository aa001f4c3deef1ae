import Dispatch

/// Encodes sequences by one tokenizer. It keeps scratch memory between calls, and is for one thread.
package final class TokenEncoder {
  private let tokenizer: Tokenizer
  /// By byte: the letter's number among the scheme's letters, or -1.
  private var numbers = [Int32](repeating: -1, count: 256)
  private let bpe: BPEEncoder?

  init(_ tokenizer: Tokenizer) {
    self.tokenizer = tokenizer
    bpe = tokenizer.bpe.map(BPEEncoder.init)
    let letters: [UInt8]
    switch tokenizer.scheme {
    case .character: letters = tokenizer.alphabet.characters
    case .kmer: letters = tokenizer.alphabet.bases
    case .byte, .bpe: letters = []
    }
    for (number, letter) in letters.enumerated() { numbers[Int(letter)] = Int32(number) }
  }

  /// Appends the ids of a sequence. Requires fewer than 2^31 letters.
  package func encode(_ sequence: UnsafeBufferPointer<UInt8>, into ids: inout [Int32]) {
    switch tokenizer.scheme {
    case .byte: for byte in sequence { ids.append(Tokenizer.first + Int32(byte)) }
    case .character:
      for byte in sequence {
        let number = numbers[Int(byte)]
        ids.append(number < 0 ? Tokenizer.unknown : Tokenizer.first + number)
      }
    case .kmer(let k, let stride): encodeKmers(sequence, k, stride, &ids)
    case .bpe: bpe!.encode(sequence, into: &ids)
    }
  }

  private func encodeKmers(_ sequence: UnsafeBufferPointer<UInt8>, _ k: Int, _ stride: Int, _ ids: inout [Int32]) {
    let base = Int32(tokenizer.alphabet.bases.count)
    let modulus = (0..<k).reduce(Int32(1)) { size, _ in size * base }
    var code: Int32 = 0
    var known = 0
    var wait = k
    for byte in sequence {
      let number = numbers[Int(byte)]
      // The code of the last k letters; one of an unknown letter leaves it after k steps, as `known` counts.
      code = (code * base + max(0, number)) % modulus
      known = number < 0 ? 0 : known + 1
      wait -= 1
      if wait == 0 {
        ids.append(known < k ? Tokenizer.unknown : Tokenizer.first + code)
        wait = stride
      }
    }
  }
}

/// The ids of many sequences, one after the other: sequence i has `ids[offsets[i] ..< offsets[i + 1]]`.
package struct EncodedSequences: Hashable, Sendable {
  package var ids: [Int32] = []
  package var offsets: [Int] = [0]
  package init() {}
  package var count: Int { offsets.count - 1 }
  package subscript(_ index: Int) -> ArraySlice<Int32> { ids[offsets[index]..<offsets[index + 1]] }
}

extension Tokenizer {
  /// Encodes many sequences on up to `threads` threads. The result does not depend on their number.
  package func encode(_ sequences: [[UInt8]], threads: Int) -> EncodedSequences {
    let parts = max(1, min(threads, sequences.count))
    let results = Slots<EncodedSequences>(count: parts)
    DispatchQueue.concurrentPerform(iterations: parts) { part in
      let encoder = encoder()
      var encoded = EncodedSequences()
      for index in sequences.count * part / parts..<sequences.count * (part + 1) / parts {
        sequences[index].withUnsafeBufferPointer { encoder.encode($0, into: &encoded.ids) }
        encoded.offsets.append(encoded.ids.count)
      }
      results.set(part, encoded)
    }
    var all = results.take(0)
    for part in 1..<max(1, parts) {
      let encoded = results.take(part)
      let base = all.ids.count
      all.ids += encoded.ids
      all.offsets += encoded.offsets.dropFirst().map { $0 + base }
    }
    return all
  }
}
