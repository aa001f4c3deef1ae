import Sequences
import System
package import Tokens

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
    case .byte: for byte in sequence { ids.append(SpecialToken.count + Int32(byte)) }
    case .character:
      for byte in sequence {
        let number = numbers[Int(byte)]
        ids.append(number < 0 ? SpecialToken.unknown : SpecialToken.count + number)
      }
    case .kmer(let k, let stride, _): encodeKmers(sequence, k, stride, &ids)
    case .bpe: bpe!.encode(sequence, into: &ids)
    }
  }

  private func encodeKmers(_ sequence: UnsafeBufferPointer<UInt8>, _ k: Int, _ stride: Int, _ ids: inout [Int32]) {
    let base = Int32(tokenizer.alphabet.bases.count)
    // The weight of the first letter of a k-mer, which leaves it at the next letter.
    let weight = (1..<k).reduce(Int32(1)) { size, _ in size * base }
    var code: Int32 = 0
    var letters = [Int32](repeating: 0, count: k)
    var oldest = 0
    var known = 0
    var wait = k
    for byte in sequence {
      let number = numbers[Int(byte)]
      // The code of the last k letters, an unknown one as 0; `known` tells whether there is one.
      code = (code - letters[oldest] * weight) * base + max(0, number)
      letters[oldest] = max(0, number)
      oldest = oldest + 1 == k ? 0 : oldest + 1
      known = number < 0 ? 0 : known + 1
      wait -= 1
      if wait == 0 {
        ids.append(known < k ? SpecialToken.unknown : SpecialToken.count + code)
        wait = stride
      }
    }
    guard let firstOfTail = tokenizer.firstOfTail else { return }
    let whole = sequence.count < k ? 0 : (sequence.count - k) / stride * stride + max(k, stride)
    for byte in sequence.dropFirst(whole) {
      let number = numbers[Int(byte)]
      ids.append(number < 0 ? SpecialToken.unknown : firstOfTail + number)
    }
  }
}

extension Tokenizer {
  /// An encoder for one thread.
  package func encoder() -> TokenEncoder { TokenEncoder(self) }

  /// The ids of one sequence. For many, use one `encoder()`.
  package func encode(_ sequence: [UInt8]) -> [Int32] {
    var ids: [Int32] = []
    sequence.withUnsafeBufferPointer { encoder().encode($0, into: &ids) }
    return ids
  }

  /// Parts of a sequence of `count` letters, of about `size` letters each, whose ids one after the other are those of
  /// the sequence. Byte-pair encoding reads a sequence as a whole.
  package func pieces(of count: Int, size: Int) -> [Range<Int>] {
    let (k, stride) = if case .kmer(let k, let stride, _) = scheme { (k, stride) } else { (1, 1) }
    let advance = max(1, size / stride) * stride
    if scheme == .bpe || count < advance + k { return [0..<count] }
    var pieces: [Range<Int>] = []
    var start = 0
    // A piece ends with its last whole k-mer; the last one also has what follows.
    while count - start >= advance + k {
      pieces.append(start..<start + advance - stride + k)
      start += advance
    }
    return pieces + [start..<count]
  }

  /// Encodes many sequences on up to `threads` threads, each behind `tag` where there is one. The result does not
  /// depend on their number.
  package func encode(_ sequences: [[UInt8]], behind tag: Int32? = nil, threads: Int) -> PackedTokens {
    let parts = max(1, min(threads, sequences.count))
    let results = WorkerPool(threads: parts).map(parts) { part in
      let encoder = encoder()
      var encoded = PackedTokens()
      for sequence in sequences[sequences.count * part / parts..<sequences.count * (part + 1) / parts] {
        encoded.append { ids in
          if let tag { ids.append(tag) }
          sequence.withUnsafeBufferPointer { encoder.encode($0, into: &ids) }
        }
      }
      return encoded
    }
    var all = results[0]
    for encoded in results.dropFirst() { all.append(contentsOf: encoded) }
    return all
  }
}
