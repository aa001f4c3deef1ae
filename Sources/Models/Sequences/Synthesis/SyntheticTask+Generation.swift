import Randomness

extension SyntheticTask {
  /// The set whose records `make` draws, a pure function of the arguments. No sequence occurs twice in it. Throws that
  /// no new sequence is left.
  ///
  /// - Parameters:
  ///   - sizes: the records of train, dev and test.
  ///   - make: draws the record at a place of an order that the seed, the split and its size decide; nil where these
  ///     draws make none.
  init(
    sizes: [Int], seed: Int, upstream: Int?,
    _ make: (_ place: Int, _ draws: inout SynthesisDraws) -> Record?
  ) throws(SynthesisFinding) {
    var seen = Set<String>()
    var splits: [[Record]] = []
    for (split, count) in sizes.enumerated() {
      let order = Philox(seed: seed, stream: .synthesis).permutation(count, round: split)
      var records: [Record] = []
      for index in 0..<count {
        var attempt = 0
        while records.count == index {
          guard attempt < SynthesisDraws.attempts else {
            throw .exhausted(split: Split.allCases[split].rawValue, record: index)
          }
          var draws = SynthesisDraws(seed: seed, record: split << 40 | index, attempt: attempt)
          if let record = make(order[index], &draws), seen.insert(record.sequence).inserted { records.append(record) }
          attempt += 1
        }
      }
      splits.append(records)
    }
    self.init(upstream: upstream, train: splits[0], dev: splits[1], test: splits[2])
  }
}
