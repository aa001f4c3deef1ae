import Sequences
import Testing

private let bases: [Character] = ["A", "C", "G", "T"]

/// FNV-1a, 64 bits.
private func digest(_ text: String) -> UInt64 {
  text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
}

/// The frequency of each word of `size` letters in the sequences.
private func words(_ records: [SyntheticTask.Record], size: Int) -> [String: Double] {
  var counts: [String: Double] = [:]
  var total = 0.0
  for record in records {
    let letters = Array(record.sequence)
    for start in 0...letters.count - size {
      counts[String(letters[start..<start + size]), default: 0] += 1
      total += 1
    }
  }
  return counts.mapValues { $0 / total }
}

@Test func `motifs lie where they are said to lie`() throws {
  let set = try PromoterSynthesis(train: 400, dev: 60, test: 61).generate()
  let homes = ["TATA": 19, "Inr": 48, "DPE": 77]
  for split in SyntheticTask.Split.allCases {
    for record in set[split] {
      #expect(record.sequence.count == 100)
      #expect(record.sequence.allSatisfy(bases.contains))
      #expect(record.label == (record.isPositive ? 1 : 0))
      for site in record.sites {
        let start = record.sequence.index(record.sequence.startIndex, offsetBy: site.start)
        #expect(record.sequence[start...].hasPrefix(site.sequence))
        #expect(site.start == homes[site.motif])
        #expect((site.role == .motif) == record.isPositive)
      }
    }
  }
  #expect(set.train.count { $0.isPositive } == 200)
  #expect(set.test.count { $0.isPositive } == 30)
  // The A of the initiator is at +1, index 50, in 288 of 303 sites.
  let initiators = set.train.filter { $0.isPositive && $0.sites.contains { $0.motif == "Inr" } }
  let adenines = initiators.count { Array($0.sequence)[50] == "A" }
  #expect(Double(adenines) / Double(initiators.count) > 0.88)
}

@Test func `planted sites follow their matrices`() throws {
  let synthesis = PromoterSynthesis(train: 8000, dev: 0, test: 0)
  let promoters = try synthesis.generate().train.filter(\.isPositive)
  for planting in synthesis.plantings {
    let sites = promoters.flatMap(\.sites).filter { $0.motif == planting.motif.name }.map { Array($0.sequence) }
    #expect(abs(Double(sites.count) / Double(promoters.count) - planting.probability) < 0.03)
    for (position, counts) in planting.motif.matrix.counts.enumerated() {
      // Chi-squared with 3 degrees of freedom; 16.27 is exceeded once in a thousand columns.
      let total = Double(counts.reduce(0, +))
      var chi = 0.0
      for (base, count) in counts.enumerated() {
        let seen = Double(sites.count { $0[position] == bases[base] })
        let expected = Double(sites.count) * Double(count) / total
        if count == 0 { #expect(seen == 0) } else { chi += (seen - expected) * (seen - expected) / expected }
      }
      #expect(chi < 16.27, "\(planting.motif.name) column \(position)")
    }
  }
}

@Test(arguments: [PromoterSynthesis.Negatives.shuffled, .displaced])
func `negatives match positives in composition`(_ kind: PromoterSynthesis.Negatives) throws {
  let set = try PromoterSynthesis(train: 8000, dev: 0, test: 0, negatives: kind).generate().train
  let positives = set.filter { $0.label == 1 }, negatives = set.filter { $0.label == 0 }
  let (a, b) = (words(positives, size: 1), words(negatives, size: 1))
  // 400,000 bases a class: the standard error of a difference of frequencies is 0.001.
  for base in bases { #expect(abs(a[String(base)]! - b[String(base)]!) < 0.004) }
  // Pairs: planted words are at most a fifth of a sequence, and a displaced one keeps all its pairs but two.
  let (pairsA, pairsB) = (words(positives, size: 2), words(negatives, size: 2))
  let worst = pairsA.map { abs($0.value - pairsB[$0.key]!) }.max()!
  #expect(worst < (kind == .displaced ? 0.004 : 0.02))
  // No base content tells the classes apart: area under its ROC curve by counting pairs through histograms.
  for base in bases {
    func histogram(_ records: [SyntheticTask.Record]) -> [Double] {
      var counts = [Double](repeating: 0, count: 101)
      for record in records { counts[record.sequence.count { $0 == base }] += 1 / Double(records.count) }
      return counts
    }
    let (x, y) = (histogram(positives), histogram(negatives))
    var area = 0.0, below = 0.0
    for count in x.indices {
      area += x[count] * (below + y[count] / 2)
      below += y[count]
    }
    #expect(abs(area - 0.5) < 0.03, "\(base)")
  }
}

@Test func `decoys are no motifs`() throws {
  let shuffled = try PromoterSynthesis().generate().train.filter { !$0.isPositive }
  #expect(shuffled.contains { !$0.sites.isEmpty })
  // The core TATAWA is in 70 % of the motifs and in none of the decoys but those of few letters.
  let boxes = shuffled.flatMap(\.sites).filter { $0.motif == "TATA" }
  #expect(boxes.count { $0.sequence.hasPrefix("TATAAA") || $0.sequence.hasPrefix("TATATA") } == 0)
  let displaced = try PromoterSynthesis(negatives: .displaced).generate().train.filter { !$0.isPositive }
  let homes = ["TATA": 19, "Inr": 48, "DPE": 77]
  for site in displaced.flatMap(\.sites) { #expect(abs(site.start - homes[site.motif]!) >= site.sequence.count) }
  for record in displaced {
    for (a, b) in zip(record.sites, record.sites.dropFirst()) { #expect(a.start + a.sequence.count <= b.start) }
  }
  let absent = try PromoterSynthesis(negatives: .absent).generate().train.filter { !$0.isPositive }
  #expect(absent.allSatisfy { $0.sites.isEmpty })
}

@Test func `the background has the composition that is asked for`() throws {
  let synthesis = PromoterSynthesis(
    train: 2000, dev: 0, test: 0, length: 500, upstream: 250, plantings: [], gc: 0.5, cpg: 0.5)
  let records = try synthesis.generate().train
  let (single, pairs) = (words(records, size: 1), words(records, size: 2))
  #expect(abs(single["C"]! + single["G"]! - 0.5) < 0.003)
  #expect(abs(pairs["CG"]! / (single["C"]! * single["G"]!) - 0.5) < 0.02)
  #expect(abs(pairs["TG"]! - pairs["CA"]!) < 0.003)
}

@Test func `no sequence occurs twice across splits`() throws {
  // Eight bases without motifs: 65,536 sequences, so that repetitions are frequent and redrawn.
  let small = PromoterSynthesis(train: 2000, dev: 500, test: 500, length: 8, upstream: 4, plantings: [])
  let set = try small.generate()
  let all = (set.train + set.dev + set.test).map(\.sequence)
  #expect(Set(all).count == 3000)
  let tiny = PromoterSynthesis(train: 5, dev: 0, test: 0, length: 1, upstream: 0, plantings: [])
  #expect(throws: SynthesisFinding.exhausted(split: "train", record: 4)) { try tiny.generate() }
}

@Test func `label noise flips labels only`() throws {
  let clean = try PromoterSynthesis(train: 2000).generate()
  let noisy = try PromoterSynthesis(train: 2000, labelNoise: 0.1).generate()
  #expect(clean.train.map(\.sequence) == noisy.train.map(\.sequence))
  let flipped = zip(clean.train, noisy.train).count { $0.label != $1.label }
  #expect(abs(Double(flipped) / 2000 - 0.1) < 0.03)
}

@Test func `a synthetic set follows from its seed`() throws {
  let set = try PromoterSynthesis(train: 50, dev: 10, test: 10, seed: 7).generate()
  #expect(set == (try PromoterSynthesis(train: 50, dev: 10, test: 10, seed: 7).generate()))
  #expect(set.train.map(\.sequence) != (try PromoterSynthesis(train: 50, seed: 8).generate()).train.map(\.sequence))
  // Golden digests: a change of these is a change of every data set that was made.
  #expect(digest(set.csv(.train)) == 4_488_206_798_445_542_430)
  #expect(digest(set.motifs) == 4_205_847_291_214_419_378)
  #expect(set.csv(.dev).hasPrefix("sequence,label\n"))
  #expect(set.csv(.dev).split(separator: "\n").count == 11)
  let lines = set.motifs.split(separator: "\n")
  #expect(lines[0] == "split\trecord\tlabel\trole\tmotif\tstart\tend\ttss_offset\tstrand\tsequence")
  let starts = Set(lines.dropFirst().map { $0.split(separator: "\t")[4...7].joined(separator: " ") })
  #expect(starts == ["TATA 19 27 -31", "Inr 48 54 -2", "DPE 77 82 +28"])
}

@Test func `bad parameters of a synthesis are found`() {
  #expect(PromoterSynthesis().findings.isEmpty)
  #expect(PromoterSynthesis(train: -1).findings == [.negative("train", -1)])
  #expect(PromoterSynthesis(labelNoise: .nan).findings.count == 1)
  #expect(PromoterSynthesis(length: 70).findings == [.outside("DPE", first: 77, length: 70)])
  #expect(PromoterSynthesis(upstream: 10).findings == [.outside("TATA", first: -21, length: 100)])
  #expect(PromoterSynthesis(gc: 0.9, cpg: 0).findings == [.impossibleBackground(gc: 0.9, cpg: 0)])
  #expect(throws: SynthesisFinding.notAFraction("TATA", 1.5)) {
    try PromoterSynthesis(plantings: [.init(.tata, 1.5)]).generate()
  }
}
