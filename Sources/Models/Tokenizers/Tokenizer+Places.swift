import Sequences
import Tokens

extension Tokenizer {
  /// By token of a sequence of `letters` letters, the places of the letters that it covers, from 0. Places of k-mers
  /// overlap where their stride is less than k, and some letters are in none. A sequence without a token is read as
  /// one [UNK], which covers all letters.
  package func places(of ids: ArraySlice<Int32>, letters: Int) -> [Range<Int>] {
    if ids.count == 1, ids.first == SpecialToken.unknown { return [0..<letters] }
    if case .kmer(let k, let stride, _) = scheme {
      let kmers = letters < k ? 0 : (letters - k) / stride + 1
      // Letters at the end follow the last k-mer, or the gap behind it.
      let tail = kmers == 0 ? 0 : max((kmers - 1) * stride + k, kmers * stride)
      return ids.indices.map { index in
        let token = index - ids.startIndex
        return token < kmers ? token * stride..<token * stride + k : tail + token - kmers..<tail + token - kmers + 1
      }
    }
    let lengths = baseLengths
    var start = 0
    return ids.map { id in
      defer { start += lengths[Int(id)] }
      return start..<start + lengths[Int(id)]
    }
  }
}
