import Testing

@testable import Sequences

/// Sequences whose labels two motifs decide together.
@Suite struct PairSynthesisTests {
  private func has(_ record: SyntheticTask.Record, _ motif: Int) -> Bool {
    record.sequence.contains(PairSynthesis.motifs[motif].sequence)
  }

  /// The share of records that a rule labels rightly.
  private func accuracy(_ records: [SyntheticTask.Record], _ rule: (SyntheticTask.Record) -> Bool) -> Double {
    Double(records.count { rule($0) == ($0.label == 1) }) / Double(records.count)
  }

  @Test(arguments: [20, 100, 1000]) func `one motif tells nothing, and both tell all`(_ distance: Int) throws {
    let set = try PairSynthesis(train: 400, dev: 40, test: 42, distance: distance, seed: 3).generate()
    for split in [set.train, set.dev] {
      #expect(split.count { $0.label == 1 } * 2 == split.count)
      for motif in 0..<4 {
        #expect(accuracy(split) { has($0, motif) } == 0.5)
        #expect(split.count { has($0, motif) } * 2 == split.count)
      }
      #expect(accuracy(split) { has($0, 0) == has($0, 2) } == 1)
    }
    #expect(set.test.count { $0.label == 1 } == 21)
    #expect(accuracy(set.test) { has($0, 0) == has($0, 2) } == 1)
    for record in set.train {
      #expect(record.sequence.utf8.count == distance + PairSynthesis.margin)
      #expect(record.sites.count == 2 && record.sites[1].start - record.sites[0].start == distance)
      for site in record.sites {
        #expect(record.sequence.dropFirst(site.start).prefix(PairSynthesis.motifLength) == site.sequence)
      }
    }
    #expect(Set(set.train.map { $0.sites[0].start }).count > 50)
  }

  /// Neither bases nor words differ between classes by more than chance.
  @Test func `composition tells nothing`() throws {
    let records = try PairSynthesis(train: 2000, dev: 0, test: 0, distance: 60).generate().train
    for word in ["A", "C", "G", "T", "CG", "GC", "ACG", "TTG"] {
      let counts = [0, 1].map { label in
        records.filter { $0.label == label }.reduce(0) {
          $0 + $1.sequence.split(separator: word, omittingEmptySubsequences: false).count - 1
        }
      }
      let spread = 5 * Double(counts[0] + counts[1]).squareRoot()
      #expect(abs(Double(counts[0] - counts[1])) < spread, "\(word): \(counts)")
    }
    for motif in PairSynthesis.motifs { for base in "ACGT" { #expect(motif.sequence.count { $0 == base } == 3) } }
  }

  @Test func `no motif is there twice, on either strand`() throws {
    let records = try PairSynthesis(train: 200, dev: 0, test: 0, distance: 5000).generate().train
    let words = PairSynthesis.motifs.flatMap { motif in
      [motif.sequence, String(decoding: Complement.reversed(Array(motif.sequence.utf8)), as: UTF8.self)]
    }
    for record in records {
      let found = words.reduce(0) {
        $0 + record.sequence.split(separator: $1, omittingEmptySubsequences: false).count - 1
      }
      #expect(found == 2)
    }
  }

  @Test func `pairs follow from their seed, and noise flips labels alone`() throws {
    let set = try PairSynthesis(train: 40, dev: 8, test: 8, distance: 50, seed: 1).generate()
    #expect(set == (try PairSynthesis(train: 40, dev: 8, test: 8, distance: 50, seed: 1).generate()))
    let other = try PairSynthesis(train: 40, dev: 8, test: 8, distance: 50, seed: 2).generate()
    #expect(set.train.map(\.sequence) != other.train.map(\.sequence))
    let noisy = try PairSynthesis(train: 40, dev: 8, test: 8, distance: 50, labelNoise: 0.5, seed: 1).generate()
    #expect(
      noisy.train.map(\.sequence) == set.train.map(\.sequence) && noisy.train.map(\.label) != set.train.map(\.label))
    let lines = set.motifs.split(separator: "\n").map { $0.split(separator: "\t") }
    #expect(lines[0].joined(separator: " ") == "split record label role motif start end strand sequence")
    #expect(lines.count == 1 + 2 * 56)
    // A golden digest: a change of it is a change of every data set that was made.
    #expect(HoldOut.hash(set.csv(.train).utf8) == 14_703_640_994_404_523_516)
  }

  @Test func `bad parameters of pairs are found`() {
    #expect(PairSynthesis().findings.isEmpty)
    #expect(PairSynthesis(dev: -1).findings == [.negative("dev", -1)])
    #expect(PairSynthesis(gc: 2).findings == [.notAFraction("gc", 2)])
    #expect(PairSynthesis(gc: 0.9, cpg: 0).findings == [.impossibleBackground(gc: 0.9, cpg: 0)])
  }

  /// Every pair is drawn for itself: the label stands at the last letter of the second motif, exactly the distance
  /// behind the first, and no other letter has one.
  @Test(arguments: [(100, 1), (500, 5), (2000, 20)]) func `pairs label letters`(_ distance: Int, _ pairs: Int) throws {
    let set = try PairSynthesis(train: 30, dev: 4, test: 4, distance: distance, pairs: pairs, seed: 5).generate()
    var counts: [Character: Int] = [:]
    var kinds: Set<String> = []
    for record in set.train {
      let (bases, letters) = (Array(record.sequence), Array(try #require(record.letters)))
      #expect(bases.count == distance + 100 * pairs && letters.count == bases.count)
      #expect(record.sites.count == 2 * pairs)
      for (place, letter) in letters.enumerated() where letter != "." {
        counts[letter, default: 0] += 1
        let second = String(bases[place - 11...place]), first = String(bases[place - 11 - distance...place - distance])
        let motifs = PairSynthesis.motifs.map(\.sequence)
        let numbers = [motifs.firstIndex(of: first), motifs.firstIndex(of: second)].map { $0 ?? -1 }
        #expect([0, 1].contains(numbers[0]) && [2, 3].contains(numbers[1]), "\(numbers)")
        #expect((numbers[0] == numbers[1] - 2) == (letter == "S"))
        kinds.insert("\(numbers)")
      }
    }
    #expect(counts["S", default: 0] + counts["D", default: 0] == 30 * pairs && kinds.count == 4)
    #expect(abs(Double(counts["S", default: 0]) / Double(30 * pairs) - 0.5) < 0.2)
    #expect(set.csv(.train).split(separator: "\n")[1].hasSuffix(try #require(set.train[0].letters)))
  }

  @Test func `too many pairs for a distance are found`() {
    #expect(PairSynthesis(distance: 1000, pairs: 10).findings.isEmpty)
    #expect(PairSynthesis(distance: 1000, pairs: 11).findings == [.crowded(pairs: 11, distance: 1000)])
    #expect(PairSynthesis(distance: 50, pairs: 1).findings.isEmpty)
  }
}
