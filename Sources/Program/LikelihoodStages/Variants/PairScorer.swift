import ModelStages
import Networks
import Sequences
import Tokenizers
import Tokens

/// Scores pairs of a window and its mutant: as whole sequences, or by masked marginals.
///
/// A masked marginal (Meier et al. 2021) masks the letters that change, all at once, and scores there the letters of
/// the record and those of the mutant: one pass of the network each, where a pseudo-likelihood takes one for each
/// letter.
struct PairScorer {
  let scorer: LikelihoodScorer
  /// 2: scores are sums over both strands.
  let strands: Int
  /// Whether substitutions are scored by masked marginals.
  let usesMarginals: Bool

  /// The scores of pairs of one record. References that pairs share are scored once.
  func scores(of pairs: [VariantPair]) throws -> [PairScore] {
    let marginal = pairs.map { usesMarginals && $0.isSubstitution && $0.window.count == $0.mutant.count }
    var results = [PairScore?](repeating: nil, count: pairs.count)
    let (some, rest) = (pairs.indices.filter { marginal[$0] }, pairs.indices.filter { !marginal[$0] })
    for (index, score) in zip(some, try marginals(of: some.map { pairs[$0] })) { results[index] = score }
    for (index, score) in zip(rest, try wholes(of: rest.map { pairs[$0] })) { results[index] = score }
    return results.map { $0! }
  }

  private func onStrands(_ letters: [UInt8]) -> [[UInt8]] {
    strands == 1 ? [letters] : [letters, Complement.reversed(letters)]
  }

  private func wholes(of pairs: [VariantPair]) throws -> [PairScore] {
    var (sequences, known): ([[UInt8]], [VariantPair.Place: Int]) = ([], [:])
    let places = pairs.map { pair -> (reference: Int, mutant: Int) in
      let reference = known[pair.place] ?? sequences.count
      if known.updateValue(reference, forKey: pair.place) == nil { sequences += onStrands(pair.window) }
      sequences += onStrands(pair.mutant)
      return (reference, sequences.count - strands)
    }
    let sums = try scorer.sums(of: sequences)
    let sum = { (first: Int) in
      sums[first..<first + strands].reduce(into: LikelihoodSum()) { $0.add($1) }
    }
    return places.map { PairScore(reference: sum($0.reference), mutant: sum($0.mutant), isMarginal: false) }
  }

  private func marginals(of pairs: [VariantPair]) throws -> [PairScore] {
    var (packed, targets, known) = (PackedTokens(), [Int32](), [Row: Int]())
    /// The number of a row of tokens, which is added where it is new.
    func number(_ ids: [Int32], _ asked: [Int32]) -> Int {
      let row = Row(ids: ids, asked: asked)
      if let number = known[row] { return number }
      known[row] = packed.count
      packed.append(ids)
      targets += asked
      return packed.count - 1
    }
    let letters = scorer.model.tokenizer.letters
    let rows = pairs.map { pair -> [(reference: Int, mutant: Int)] in
      zip(onStrands(pair.window), onStrands(pair.mutant)).map { window, mutant in
        let encoded = scorer.model.encode([window, mutant], threads: 1)
        let (from, to) = (Array(encoded[0]), Array(encoded[1]))
        let changed = from.indices.filter { from[$0] != to[$0] }
        var masked = from
        for place in changed { masked[place] = SpecialToken.mask }
        let asked = { (ids: [Int32]) in
          var asked = [Int32](repeating: -1, count: ids.count)
          for place in changed where letters.isKnown(ids[place]) { asked[place] = ids[place] }
          return asked
        }
        return (number(masked, asked(from)), number(masked, asked(to)))
      }
    }
    let scores = try scorer.scores(of: packed, targets)
    let sums = (0..<packed.count).map { row in
      var sum = LikelihoodSum()
      for place in packed.starts[row]..<packed.starts[row + 1] {
        guard let score = scores[place] else { continue }
        sum.add(
          TokenScore(
            place: 0..<1, letters: 1, context: packed[row].count - 1 - scorer.ahead,
            logProbability: Double(score.logProbability),
            entropy: Double(score.entropy)))
      }
      return sum
    }
    return rows.map { strands in
      var (reference, mutant) = (LikelihoodSum(), LikelihoodSum())
      for row in strands {
        reference.add(sums[row.reference])
        mutant.add(sums[row.mutant])
      }
      return PairScore(reference: reference, mutant: mutant, isMarginal: true)
    }
  }

  private struct Row: Hashable {
    let ids: [Int32]
    let asked: [Int32]
  }
}
