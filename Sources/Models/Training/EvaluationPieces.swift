package import Tokens

/// A split of a corpus in pieces that together score every token once: a sequence gives pieces of at most `length`
/// tokens, each after the first with `context` tokens of the one before at its front. The first `ahead` tokens of a
/// sequence, which cover no letter, begin each of its pieces.
package struct EvaluationPieces: Hashable, Sendable {
  package let length: Int
  package let context: Int
  package let ahead: Int

  package init(length: Int, context: Int, ahead: Int = 0) {
    precondition(length > context + ahead && context >= 0, "pieces of \(length), of which \(context) are context")
    (self.length, self.context, self.ahead) = (length, context, ahead)
  }

  /// The pieces of a sequence of `count` tokens behind those ahead, ascending. With a context, a last piece that would
  /// hold nothing else is left out.
  package func cut(_ count: Int) -> [Range<Int>] {
    var pieces: [Range<Int>] = []
    var start = 0
    while start + (start > 0 ? context : 0) < count {
      pieces.append(start..<min(count, start + length - ahead))
      start += length - ahead - context
    }
    return pieces
  }

  /// The pieces of all sequences, in batches of at most `most` tokens; a longer piece is a batch of its own.
  package func batches(of tokens: TokenArray, most: Int) -> [EvaluationBatch] {
    var result: [EvaluationBatch] = []
    var (batch, first) = (PackedTokens(), Set<Int>())
    let end = {
      if batch.count > 0 { result.append(EvaluationBatch(batch, context: context + ahead, firstPieces: first)) }
      (batch, first) = (PackedTokens(), [])
    }
    for index in 0..<tokens.count {
      let all = tokens.tokens(index)
      let (front, sequence) = (all.prefix(ahead), all.dropFirst(ahead))
      for range in cut(sequence.count) {
        if batch.ids.count + ahead + range.count > most { end() }
        if range.lowerBound == 0 { first.insert(batch.count) }
        let place = sequence.startIndex + range.lowerBound
        batch.append { ids in
          ids += front
          ids += sequence[place..<place + range.count]
        }
      }
    }
    end()
    return result
  }
}
