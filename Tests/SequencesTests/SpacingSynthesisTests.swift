import Testing

@testable import Sequences

/// Sequences whose labels the distance of two motifs decides.
@Suite struct SpacingSynthesisTests {
  private func distance(_ record: SyntheticTask.Record) -> Int {
    let starts = ["Inr", "DPE"].map { name in record.sites.first { $0.motif == name }!.start }
    return starts[1] - starts[0]
  }

  @Test func `the distance alone tells the label`() throws {
    let set = try SpacingSynthesis(train: 1000, dev: 40, test: 41, seed: 2).generate()
    #expect(set.train.count { $0.label == 1 } == 500 && set.test.count { $0.label == 1 } == 20)
    for record in set.train + set.dev + set.test {
      #expect(record.sequence.utf8.count == 100 && record.sites.count == 2)
      #expect((distance(record) == SpacingSynthesis.distance) == (record.label == 1))
      #expect(record.sites.allSatisfy { ($0.role == .motif) == (record.label == 1) })
      for site in record.sites {
        #expect(record.sequence.dropFirst(site.start).prefix(site.sequence.count) == site.sequence)
      }
    }
    let displaced = set.train.filter { $0.label == 0 }.map(distance)
    #expect(displaced.allSatisfy { $0 != 29 } && displaced.count { abs($0 - 29) <= 4 } > 400)
  }

  /// Neither where a motif is nor words differ between classes by more than chance.
  @Test func `no motif alone tells the label, nor do words`() throws {
    let records = try SpacingSynthesis(train: 4000, dev: 0, test: 0).generate().train
    for motif in ["Inr", "DPE"] {
      let starts = [0, 1].map { label in
        records.filter { $0.label == label }.map { record in record.sites.first { $0.motif == motif }!.start }
      }
      // Counts of starts in tenths of the places: chi squared of 9 degrees has 27.9 at one in a thousand.
      let (low, high) = (starts.joined().min()!, starts.joined().max()!)
      let tenth = { (start: Int) in (start - low) * 10 / (high - low + 1) }
      let counts = starts.map { starts in (0..<10).map { tenths in Double(starts.count { tenth($0) == tenths }) } }
      let squares = zip(counts[0], counts[1]).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / ($1.0 + $1.1) }
      #expect(squares < 27.9, "\(motif): \(counts)")
    }
    for word in ["A", "C", "G", "T", "CG", "TCA", "CGTG", "TCAGT"] {
      let counts = [0, 1].map { label in
        records.filter { $0.label == label }.reduce(0) {
          $0 + $1.sequence.split(separator: word, omittingEmptySubsequences: false).count - 1
        }
      }
      #expect(
        abs(Double(counts[0] - counts[1])) < 5 * Double(counts[0] + counts[1]).squareRoot(), "\(word): \(counts)")
    }
  }

  @Test func `spacings follow from their seed, and bad parameters are found`() throws {
    let set = try SpacingSynthesis(train: 40, dev: 8, test: 8, seed: 1).generate()
    #expect(set == (try SpacingSynthesis(train: 40, dev: 8, test: 8, seed: 1).generate()))
    #expect(set.train != (try SpacingSynthesis(train: 40, dev: 8, test: 8, seed: 2).generate()).train)
    #expect(!set.motifs.contains("tss_offset"))
    #expect(SpacingSynthesis(length: 44).findings.isEmpty)
    #expect(SpacingSynthesis(length: 43).findings == [.narrow(length: 43, needed: 44)])
    #expect(SpacingSynthesis(test: -1).findings == [.negative("test", -1)])
    #expect(SpacingSynthesis(labelNoise: 2).findings == [.notAFraction("label-noise", 2)])
    #expect(SpacingSynthesis(gc: 0.9, cpg: 0).findings == [.impossibleBackground(gc: 0.9, cpg: 0)])
    #expect(try SpacingSynthesis(train: 60, dev: 2, test: 2, length: 44).generate().train.count == 60)
  }
}
