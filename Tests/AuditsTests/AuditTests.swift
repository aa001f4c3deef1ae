import Foundation
import Labelled
import Rankings
import Sequences
import System
import TestSupport
import Testing

@testable import Audits

/// Tasks with one planted truth, and what an audit finds in them.
struct PlantedTask {
  var random: RandomNumbers
  var splits = LabelledSplits(train: [], dev: [], test: [], classes: ["no", "yes"])
  var alphabet = Alphabet.dna

  /// Random sequences of `length` letters with labels by chance.
  init(seed: Int, rows: [Int] = [300, 100, 100], length: ClosedRange<Int> = 100...100, alphabet: Alphabet = .dna) {
    random = RandomNumbers(seed: UInt64(seed))
    self.alphabet = alphabet
    let letters = String(decoding: alphabet.bases, as: UTF8.self)
    let record = { (random: inout RandomNumbers) in
      let count = Int.random(in: length, using: &random)
      return LabelledRecord(
        sequence: random.letters(letters, count), label: .number(Int.random(in: 0...1, using: &random)))
    }
    splits.train = (0..<rows[0]).map { _ in record(&random) }
    splits.dev = (0..<rows[1]).map { _ in record(&random) }
    splits.test = (0..<rows[2]).map { _ in record(&random) }
  }

  /// Changes every row of every split.
  mutating func change(_ body: (inout LabelledRecord, inout RandomNumbers) -> Void) {
    for row in splits.train.indices { body(&splits.train[row], &random) }
    for row in splits.dev.indices { body(&splits.dev[row], &random) }
    for row in splits.test.indices { body(&splits.test[row], &random) }
  }

  mutating func normal() -> Double {
    let (a, b) = (Double.random(in: 1e-12..<1, using: &random), Double.random(in: 0..<1, using: &random))
    return (-2 * log(a)).squareRoot() * cos(2 * .pi * b)
  }

  func audit(most: Int = 1_000_000, k: Int? = nil, isUnstranded: Bool = false) -> Audit {
    let isDNA = alphabet == .dna
    let settings = AuditSettings(
      words: Minimizers(alphabet, length: k ?? (isDNA ? 21 : 7), window: 5), mostMinimizers: most, near: 0.5,
      ends: isDNA ? 6 : 3, short: nil, examples: 3)
    return Audit(
      splits, alphabet, metric: splits.kind == .value ? .spearman : .mcc, isUnstranded: isUnstranded, settings,
      WorkerPool(threads: 1))
  }
}

extension [Finding] {
  subscript(code: Finding.Code) -> Finding {
    get throws { try #require(first { $0.code == code }, "\(code.rawValue)") }
  }
}

extension Finding {
  /// The count whose name contains a text.
  func count(_ text: String) throws -> Int {
    try #require(counts.first { $0.name.contains(text) }, "\(code.rawValue): \(counts.map(\.name))").count
  }

  var isAlarm: Bool { severity == .grave || severity == .notable }
}

/// Planted truths are found, at rates that are stated, and nothing else is. With BIOARC_STRESS=1 in a hundred trials.
@Suite struct AuditTests {
  static let trials = ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1" ? 100 : 4

  /// Trials with a count that is none of the expected, at most so many of a hundred.
  private func rate(_ what: String, atMost: Double, _ isWrong: (_ seed: Int) throws -> Bool) rethrows {
    let wrong = try (1...Self.trials).filter { try isWrong($0) }
    if Self.trials >= 100 { print("\(what): \(wrong.count) of \(Self.trials) trials are wrong") }
    // One of few trials is allowed to be wrong where some are.
    let most = max(atMost > 0 ? 1 : 0, Int(atMost * Double(Self.trials)))
    #expect(wrong.count <= most, "\(what): seeds \(wrong) of \(Self.trials)")
  }

  @Test func `equal rows across splits are counted exactly, and random ones are none`() throws {
    try rate("equal rows", atMost: 0) { seed in
      var task = PlantedTask(seed: seed)
      #expect(try task.audit().copies()[.exactAcrossSplits].severity == .fine)
      let (dev, test, between) = (seed % 7, seed % 5 + 1, seed % 3)
      for row in 0..<dev { task.splits.dev[row].sequence = task.splits.train[2 * row].sequence }
      for row in 0..<test { task.splits.test[row].sequence = task.splits.train[50 + row].sequence }
      for row in 0..<between { task.splits.test[90 + row].sequence = task.splits.dev[90 + row].sequence }
      let found = try task.audit().copies()[.exactAcrossSplits]
      #expect(found.severity == .grave)
      return try found.count("dev in train") != dev || found.count("test in train") != test
        || found.count("test in dev") != between
    }
  }

  @Test func `other strands are counted exactly, and palindromes are equal rows`() throws {
    try rate("other strands", atMost: 0) { seed in
      var task = PlantedTask(seed: seed)
      #expect(try task.audit().copies()[.reverseComplement].severity == .fine)
      let (test, inside) = (seed % 6 + 1, seed % 4)
      for row in 0..<test { task.splits.test[row].sequence = Complement.reversed(task.splits.train[row].sequence) }
      for row in 0..<inside {
        task.splits.train[100 + row].sequence = Complement.reversed(task.splits.train[200 + row].sequence)
      }
      let half = task.random.letters("ACGT", 50)
      task.splits.dev[0].sequence = half + Complement.reversed(half)
      task.splits.train[299].sequence = task.splits.dev[0].sequence
      let copies = task.audit().copies()
      let found = try copies[.reverseComplement]
      return try found.count("test whose other strand is in train") != test
        || found.count("in their split") != 2 * inside || found.count("dev whose other strand is in train") != 0
        || copies[.exactAcrossSplits].count("dev in train") != 1
    }
  }

  @Test func `labels that contradict each other and rows that repeat are counted exactly`() throws {
    try rate("contradictions", atMost: 0) { seed in
      var task = PlantedTask(seed: seed)
      let (trained, across, repeated) = (seed % 9 + 1, seed % 4, seed % 5)
      for row in 0..<trained {
        task.splits.train[row].label = 0
        task.splits.train[100 + row] = task.splits.train[row]
        task.splits.train[100 + row].label = 1
      }
      for row in 0..<across {
        task.splits.train[50 + row].label = 1
        task.splits.test[row] = task.splits.train[50 + row]
        task.splits.test[row].label = 0
      }
      for row in 0..<repeated { task.splits.dev[50 + row] = task.splits.dev[20 + row] }
      let found = task.audit().copies()
      return try found[.contradictoryLabels].count("of train with several") != trained
        || found[.contradictoryLabels].count("of all splits") != trained + across
        || found[.repeatsWithin].count("rows of train that repeat") != trained
        || found[.repeatsWithin].count("rows of dev that repeat") != repeated
        || found[.repeatsWithin].count("of any split") != trained + across + repeated
    }
  }

  /// One letter of a hundred differs: 59 of 80 words are left, of which minimizers are a sample.
  @Test(arguments: [Alphabet.dna, .protein]) func `near rows are found, and random ones are not`(
    _ alphabet: Alphabet
  ) throws {
    var (missed, planted, wrong) = (0, 0, 0)
    for seed in 1...Self.trials {
      var task = PlantedTask(seed: seed, alphabet: alphabet)
      wrong += try task.audit().near(nil)[.nearAcrossSplits].count("rows of test with 50 % or more in")
      for row in 0..<10 {
        var letters = task.splits.train[row].sequence
        let place = Int.random(in: 0..<100, using: &task.random)
        letters[place] = alphabet.bases.first { $0 != letters[place] }!
        if alphabet == .dna, row % 2 == 0 { letters = Complement.reversed(letters) }
        task.splits.test[row].sequence = letters
      }
      let found = try task.audit().near(nil)[.nearAcrossSplits]
      planted += 10
      missed += 10 - (try found.count("rows of test with 50 % or more, equal"))
    }
    print("near rows, \(alphabet): \(missed) of \(planted) missed, \(wrong) random ones found")
    #expect(wrong == 0)
    #expect(50 * missed <= planted, "\(missed) of \(planted) missed")
  }

  @Test func `with less memory near rows are estimated from a sample`() throws {
    var task = PlantedTask(seed: 3, rows: [3000, 200, 200])
    for row in 0..<100 {
      task.splits.test[row].sequence = task.splits.train[row].sequence
      task.splits.test[row].sequence[50] = UInt8(ascii: "N")
    }
    let full = try task.audit().near(nil)[.nearAcrossSplits]
    #expect(try full.count("rows of test with 50 % or more, equal") == 100)
    #expect(!full.text.contains("for want of memory"))
    let few = try task.audit(most: 20_000).near(nil)[.nearAcrossSplits]
    #expect(few.text.contains("one of 8 minimizers") || few.text.contains("one of 4 minimizers"), "\(few.text)")
    let found = try few.count("rows of test with 50 % or more, equal")
    #expect((60...100).contains(found), "\(found)")
    // The sample does not depend on what is inserted first.
    var index = NearDuplicates(Minimizers(.dna, length: 21, window: 5), most: 5000)
    var other = index
    for (row, record) in task.splits.train.enumerated() { index.insert(record, row: row) }
    for (row, record) in task.splits.train.enumerated().reversed() { other.insert(record, row: row) }
    #expect(index.count == other.count && index.halvings == other.halvings && index.count <= 5000)
    for record in task.splits.test { #expect(index.share(record).shared == other.share(record).shared) }
  }

  /// Lengths of two classes are normal and `distance` deviations apart: the AUROC is Phi(distance / sqrt 2).
  @Test(arguments: [(0.0, 0.5), (0.5, 0.638), (1.5, 0.856), (3.0, 0.983)])
  func `a shortcut by length is measured at its strength`(_ distance: Double, _ auroc: Double) throws {
    var alarms = 0
    try rate("length at \(distance) deviations", atMost: 0.1) { seed in
      var task = PlantedTask(seed: seed, rows: [600, 300, 300])
      var copy = task
      let lengths = (0..<1200).map { _ in copy.normal() }
      var next = 0
      task.change { record, random in
        let shift = distance * (record.number == 1 ? 1 : 0)
        record.sequence = random.letters("ACGT", max(10, Int(200 + 20 * (lengths[next] + shift))))
        next += 1
      }
      let found = try task.audit().shortcuts(nil)[.lengthShortcut]
      alarms += found.isAlarm ? 1 : 0
      let measure = try #require(found.measures.first { $0.name == "test" && $0.metric == .auroc })
      #expect(measure.chance == 0.5)
      // Bins lose a little: the interval may miss the truth from below by a point.
      return try #require(measure.estimate.low) > auroc || #require(measure.estimate.high) + 0.015 < auroc
    }
    print("length at \(distance) deviations: \(alarms) of \(Self.trials) alarms")
    #expect(distance > 0.4 ? alarms >= Self.trials * (distance > 1 ? 100 : 30) / 100 : alarms * 20 <= Self.trials + 20)
  }

  @Test func `composition and ends that tell the label are found, and others are not`() throws {
    var (alarms, missed) = (0, 0)
    for seed in 1...Self.trials {
      let none = PlantedTask(seed: seed, rows: [400, 200, 200]).audit().shortcuts(nil)
      alarms += none.count { $0.isAlarm }
      var task = PlantedTask(seed: seed, rows: [400, 200, 200])
      task.change { record, random in
        record.sequence = random.letters(record.number == 1 ? "ACGTGC" : "ACGT", 100)
      }
      let rich = task.audit().shortcuts(nil)
      missed += try rich[.compositionShortcut].severity == .grave ? 0 : 1
      var ends = PlantedTask(seed: seed, rows: [400, 200, 200])
      ends.change { record, random in
        guard record.number == 1, Bool.random(using: &random) else { return }
        record.sequence.replaceSubrange(97..<100, with: "TAA".utf8)
      }
      let found = ends.audit().shortcuts(nil)
      missed += try found[.endsShortcut].isAlarm ? 0 : 1
      alarms += try found[.compositionShortcut].severity == .grave ? 1 : 0
    }
    print("composition and ends: \(missed) of \(2 * Self.trials) missed, \(alarms) false alarms of \(4 * Self.trials)")
    #expect(missed * 50 <= 2 * Self.trials)
    #expect(alarms * 33 <= 4 * Self.trials + 33, "\(alarms) false alarms")
  }

  /// Hubs are in positive pairs: whom a protein binds follows from how many it binds.
  @Test func `numbers of partners that tell the label are found, and random pairs are not told`() throws {
    var (alarms, missed) = (0, 0)
    for seed in 1...Self.trials {
      var task = PlantedTask(seed: seed, rows: [0, 0, 0], alphabet: .protein)
      let proteins = (0..<120).map { _ in task.random.letters("ACDEFGHIKLMNPQRSTVWY", 30) }
      let isHub = (0..<120).map { _ in Bool.random(using: &task.random) }
      for hasHubs in [true, false] {
        let pairs = (0..<1500).map { _ in
          let (a, b) = (Int.random(in: 0..<120, using: &task.random), Int.random(in: 0..<120, using: &task.random))
          let chance = hasHubs ? [0.1, 0.5, 0.9][(isHub[a] ? 1 : 0) + (isHub[b] ? 1 : 0)] : 0.5
          return LabelledRecord(
            sequence: proteins[a], second: proteins[b],
            label: .number(Double.random(in: 0..<1, using: &task.random) < chance ? 1 : 0))
        }
        task.splits.train = Array(pairs[..<1000])
        task.splits.dev = Array(pairs[1000..<1250])
        task.splits.test = Array(pairs[1250...])
        let found = task.audit().pairs()
        #expect(try found[.sharedPartners].isAlarm)
        let degree = try found[.pairDegreeShortcut]
        if hasHubs { missed += degree.isAlarm ? 0 : 1 } else { alarms += degree.isAlarm ? 1 : 0 }
      }
    }
    print("partners: \(missed) of \(Self.trials) missed, \(alarms) false alarms")
    #expect(missed == 0)
    #expect(alarms * 20 <= Self.trials + 20)
  }

  @Test func `splits of other distributions are told apart, and equal ones are not`() throws {
    var (alarms, missed) = (0, 0)
    for seed in 1...Self.trials {
      var task = PlantedTask(seed: seed, rows: [400, 200, 200])
      alarms += task.audit().shift().isAlarm ? 1 : 0
      for row in task.splits.dev.indices { task.splits.dev[row].sequence = task.random.letters("ACGTGC", 100) }
      missed += task.audit().shift().severity == .grave ? 0 : 1
      // The same letters, but dev's labels are by chance where those of train and test follow a motif.
      var labels = PlantedTask(seed: seed, rows: [800, 300, 300])
      for split in [\LabelledSplits.train, \.test] {
        for row in labels.splits[keyPath: split].indices where labels.splits[keyPath: split][row].number == 1 {
          labels.splits[keyPath: split][row].sequence.replaceSubrange(40..<52, with: "TATATATATATA".utf8)
        }
      }
      for row in 0..<150 { labels.splits.dev[row].sequence.replaceSubrange(40..<52, with: "TATATATATATA".utf8) }
      missed += labels.audit().shift().isAlarm ? 0 : 1
    }
    print("shifts: \(missed) of \(2 * Self.trials) missed, \(alarms) false alarms of \(Self.trials)")
    #expect(missed == 0)
    #expect(alarms * 10 <= Self.trials + 20)
  }

  @Test func `windows of a genome that overlap are found by their places`() throws {
    try rate("windows", atMost: 0) { seed in
      var task = PlantedTask(seed: seed)
      let genome = task.random.letters("ACGT", 100_000)
      var starts = stride(from: 0, to: 100_000, by: 200).prefix(500).shuffled(using: &task.random)
      let moved = seed % 5 + 1
      // So many of test begin 30 letters behind a window of train.
      for row in 0..<moved { starts[400 + row] = starts[row] + 30 }
      var next = 0
      task.change { record, random in
        let letters = Array(genome[starts[next]..<starts[next] + 100])
        record.sequence = Bool.random(using: &random) ? letters : Complement.reversed(letters)
        record.name = seed % 2 == 0 ? "\(starts[next])" : "chr1:\(starts[next])-\(starts[next] + 100)(+)"
        next += 1
      }
      let found = task.audit().places()
      task.change { record, random in record.sequence = random.letters("ACGT", 100) }
      #expect(task.audit().places().severity == .unchecked)
      return try found.count("test that overlap") != moved || found.count("neighbouring") != moved
        || found.count("dev that overlap") != 0
    }
  }

  @Test func `rows that are in a corpus are counted, with those at several places`() throws {
    try rate("corpus", atMost: 0) { seed in
      var task = PlantedTask(seed: seed)
      let audit = task.audit()
      var none = CorpusOverlap(task.splits, audit.settings)
      for _ in 0..<20 { none.add(task.random.letters("ACGT", 2000)) }
      #expect(none.finding(audit).severity == .fine)
      var corpus = none
      let (once, twice) = (seed % 8 + 2, seed % 3)
      for row in 0..<once {
        let letters = task.splits.test[row].sequence
        corpus.add(task.random.letters("ACGT", 50) + (row % 2 == 0 ? letters : Complement.reversed(letters)))
      }
      for row in 0..<twice { corpus.add(task.splits.test[row].sequence + task.random.letters("ACGT", 9)) }
      let found = corpus.finding(audit)
      return try found.count("rows of test with 50 %") != once || found.count("rows of test that are in it") != once
        || found.count("several places") != twice || found.count("rows of train with") != 0
    }
  }

  @Test func `values of two groups are told from those of one`() throws {
    try rate("values", atMost: 0.02) { seed in
      var task = PlantedTask(seed: seed)
      task.splits.kind = .value
      task.splits.classes = []
      var copy = task
      var values = (0..<500).map { _ in copy.normal() }
      var next = 0
      let set = { (record: inout LabelledRecord, _: inout RandomNumbers) in
        record.label = .value(values[next % 500])
        next += 1
      }
      task.change(set)
      let one = try task.audit().balance()[.valueGroups]
      values = values.enumerated().map { $0.offset % 5 < 2 ? $0.element : $0.element + 8 }
      task.change(set)
      let two = try task.audit().balance()[.valueGroups]
      return try two.count("values of train below") != 120 || one.isAlarm || !two.isAlarm
    }
  }

  @Test func `variants of one sequence are no near duplicates, and unseen changes are counted`() throws {
    var task = PlantedTask(seed: 9, alphabet: .protein)
    task.splits.kind = .value
    let parent = task.random.letters("ACDEFGHIKLMNPQRSTVWY", 60)
    var next = 0
    task.change { record, random in
      record.sequence = parent
      // Test is changed at places 40 to 59 alone, train and dev before.
      let changes = Int.random(in: 1...4, using: &random)
      for _ in 0..<changes {
        let place = Int.random(in: next >= 400 ? 40...59 : 0...39, using: &random)
        record.sequence[place] = parent[place] == UInt8(ascii: "A") ? UInt8(ascii: "C") : UInt8(ascii: "A")
      }
      let changed = zip(record.sequence, parent).count { $0 != $1 }
      record.label = .value(Double(changed) + Double.random(in: 0..<0.5, using: &random))
      next += 1
    }
    let variants = try #require(Variants(task.splits))
    #expect(variants.parent == parent)
    let found = task.audit().near(variants)
    #expect(try found[.nearAcrossSplits].severity == .unchecked)
    #expect(try found[.unseenMutations].severity == .notable)
    #expect(try found[.unseenMutations].count("rows of test none of whose changes") == 100)
    #expect(try found[.unseenMutations].count("rows of test that are unchanged where") == 100)
    #expect(try found[.unseenMutations].count("rows of dev none of whose changes") == 0)
    #expect(try task.audit().shortcuts(variants)[.mutationsShortcut].severity == .grave)
    #expect(Variants(PlantedTask(seed: 1).splits) == nil)
  }

  @Test func `findings do not depend on threads`() throws {
    let task = PlantedTask(seed: 4)
    let texts = [1, 3].map { threads in
      let audit = task.audit()
      return Audit(
        task.splits, .dna, metric: .mcc, isUnstranded: false, audit.settings, WorkerPool(threads: threads)
      ).findings()?.map { "\($0)" }
    }
    #expect(texts[0] != nil && texts[0] == texts[1])
  }
}
