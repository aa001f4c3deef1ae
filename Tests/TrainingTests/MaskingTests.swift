import Randomness
import Sequences
import Testing
import Tokenizers
import Tokens

@testable import Networks
@testable import Training

/// Masked modelling by letters, against letters that are counted one by one.
@Suite struct MaskingTests {
  enum Scheme: String, CaseIterable {
    case k1, k3, k6, k6by2, k5by3, k3by2WithTail, k6by6, k3OfProteins, characters, bpe

    var alphabet: Alphabet { self == .k3OfProteins ? .protein : .dna }

    func tokenizer(_ sequences: [[UInt8]]) -> Tokenizer {
      switch self {
      case .k1: return .kmer(1, stride: 1, .dna)
      case .k3: return .kmer(3, stride: 1, .dna)
      case .k6: return .kmer(6, stride: 1, .dna)
      case .k6by2: return .kmer(6, stride: 2, keepsTail: true, .dna)
      case .k5by3: return .kmer(5, stride: 3, .dna)
      case .k3by2WithTail: return .kmer(3, stride: 2, keepsTail: true, .dna)
      case .k6by6: return .kmer(6, stride: 6, keepsTail: true, .dna)
      case .k3OfProteins: return .kmer(3, stride: 1, .protein)
      case .characters: return .character(.dna)
      case .bpe:
        var trainer = BPETrainer(vocabularySize: 64)
        for sequence in sequences { trainer.add(sequence) }
        return .bpe(trainer.train())
      }
    }
  }

  /// Random sequences, where `unknown` some of whose letters are unknown, and where each of their tokens lies.
  struct Corpus {
    let letters: [[UInt8]]
    let tokenizer: Tokenizer
    let batch: PackedTokens
    /// By row of the batch: letters of its sequence.
    let places: [Range<Int>]

    init(_ scheme: Scheme, seed: Int, count: Int, length: Int? = nil, unknown: Bool = true) {
      let random = Philox(seed: seed, stream: .synthesis)
      let (bases, other) = (scheme.alphabet.bases, scheme.alphabet.unknown)
      letters = (0..<count).map { number in
        (0..<(length ?? random.integer(below: 90, number, 0))).map { place in
          unknown && random.integer(below: 40, number, 1, place) == 0
            ? other : bases[random.integer(below: bases.count, number, 2, place)]
        }
      }
      tokenizer = scheme.tokenizer(letters)
      batch = tokenizer.encode(letters, threads: 1)
      var places: [Range<Int>] = []
      let lengths = tokenizer.baseLengths
      for sequence in 0..<batch.count {
        let ids = batch[sequence]
        var end = 0
        for (index, id) in ids.enumerated() {
          var start = end
          if case .kmer(let k, let stride, _) = tokenizer.scheme {
            // Unknown k-mers have the place of known ones, unknown letters at an end are after all k-mers.
            if index == 0 || lengths[Int(id)] == k { start = index * stride }
          }
          end = start + lengths[Int(id)]
          places.append(start..<end)
        }
      }
      self.places = places
    }

    func task(_ rate: Double, _ fates: MaskedModelling.Fates, step: Int) -> PredictionTask {
      MaskedModelling(rate: rate, fates: fates, letters: tokenizer.letters).task(
        batch, step: step, vocabulary: tokenizer.vocabularySize, random: Philox(seed: 3, stream: .masking))
    }

    /// By letter of a sequence: the rows of known tokens that cover it.
    func covering(_ sequence: Int) -> [[Int]] {
      var rows = [[Int]](repeating: [], count: letters[sequence].count + 40)
      for row in batch.starts[sequence]..<batch.starts[sequence + 1] where isKnown(batch.ids[row]) {
        for place in places[row] { rows[place].append(row) }
      }
      return rows
    }

    func isKnown(_ id: Int32) -> Bool {
      if id < SpecialToken.count { return false }
      switch tokenizer.scheme {
      // Bytes do not say which letters are unknown, and no k-mer has one.
      case .byte, .kmer: return true
      case .character, .bpe: return !tokenizer.text(of: id).contains("N")
      }
    }
  }

  @Test(arguments: Scheme.allCases, [0.02, 0.15, 0.5])
  func `a mask hides its letters, and each [MASK] hides one`(scheme: Scheme, rate: Double) {
    for seed in 1...6 {
      let corpus = Corpus(scheme, seed: seed, count: 40)
      let task = corpus.task(rate, MaskedModelling.Fates(mask: 1, random: 0), step: seed)
      let asked = Set(task.rows.map(Int.init))
      #expect(asked.count == task.rows.count && task.rows == task.rows.sorted() && !asked.isEmpty)
      for row in corpus.batch.ids.indices {
        #expect(task.inputs.ids[row] == (asked.contains(row) ? SpecialToken.mask : corpus.batch.ids[row]))
      }
      for (row, target) in zip(task.rows, task.targets) {
        #expect(target == corpus.batch.ids[Int(row)] && corpus.isKnown(target))
      }
      var count = HiddenLetters()
      var hiding: Set<Int> = []
      for sequence in corpus.letters.indices {
        for rows in corpus.covering(sequence) where !rows.isEmpty {
          count.all += 1
          if rows.allSatisfy(asked.contains) {
            count.hidden += 1
            hiding.formUnion(rows)
          }
        }
      }
      // Not one [MASK] has all of its letters shown by others.
      #expect(count == task.hidden && hiding == asked, "\(scheme) seed \(seed)")
    }
  }

  @Test(arguments: Scheme.allCases) func `a random or kept run shows no letter that a mask hides`(scheme: Scheme) {
    for seed in 1...6 {
      let corpus = Corpus(scheme, seed: seed, count: 40)
      let task = corpus.task(0.2, MaskedModelling.Fates(mask: 0.4, random: 0.3), step: seed)
      let asked = Set(task.rows.map(Int.init))
      var hidden = 0
      for sequence in corpus.letters.indices {
        var hiding: Set<Int> = []
        for (place, rows) in corpus.covering(sequence).enumerated() where !rows.isEmpty {
          let shown = rows.filter { task.inputs.ids[$0] != SpecialToken.mask }
          if shown.isEmpty {
            hiding.formUnion(rows)
            hidden += 1
          }
          guard corpus.tokenizer.letters.overlap != nil, corpus.places[rows[0]].count > 1 else { continue }
          // All k-mers that are shown agree about a letter; where it is another than that of the sequence, all that
          // cover it are asked for.
          let letters = Set(
            shown.map { corpus.tokenizer.bytes(of: task.inputs.ids[$0])[place - corpus.places[$0].lowerBound] })
          #expect(letters.count <= 1)
          if letters != [corpus.letters[sequence][place]] { #expect(rows.allSatisfy(asked.contains)) }
        }
        for row in corpus.batch.starts[sequence]..<corpus.batch.starts[sequence + 1]
        where task.inputs.ids[row] == SpecialToken.mask {
          #expect(hiding.contains(row), "\(scheme) seed \(seed) row \(row)")
        }
      }
      #expect(hidden > 0 && task.hidden.hidden >= hidden)
    }
  }

  @Test func `random letters tell nothing of those in whose place they are`() {
    let corpus = Corpus(.k6, seed: 1, count: 600, length: 80, unknown: false)
    let task = corpus.task(0.15, MaskedModelling.Fates(mask: 0, random: 1), step: 1)
    let asked = Set(task.rows.map(Int.init))
    var (same, all) = (0, 0)
    for sequence in corpus.letters.indices {
      for (place, rows) in corpus.covering(sequence).enumerated() where !rows.isEmpty && rows.allSatisfy(asked.contains)
      {
        all += 1
        let letter = corpus.tokenizer.bytes(of: task.inputs.ids[rows[0]])[place - corpus.places[rows[0]].lowerBound]
        if letter == corpus.letters[sequence][place] { same += 1 }
      }
    }
    #expect(all == task.hidden.hidden && all > 6_000)
    // Four standard errors.
    #expect(abs(Double(same) / Double(all) - 0.25) < 4 * (0.25 * 0.75 / Double(all)).squareRoot())
  }

  @Test(arguments: Scheme.allCases, [0.15, 0.4])
  func `the share of letters to predict is the mask`(scheme: Scheme, rate: Double) {
    let corpus = Corpus(scheme, seed: 2, count: 500, length: 66, unknown: scheme == .characters)
    var shares: [Double] = []
    for step in 0..<8 {
      let task = corpus.task(rate, MaskedModelling.Fates(mask: 1, random: 0), step: step)
      shares.append(Double(task.hidden.hidden) / Double(task.hidden.all))
    }
    let mean = shares.reduce(0, +) / 8
    let deviation = (shares.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 7).squareRoot()
    #expect(abs(mean - rate) < 5 * deviation / 8.0.squareRoot() + 1e-4, "\(mean) with deviation \(deviation)")
    let task = corpus.task(rate, MaskedModelling.Fates(), step: 9)
    let hidden = Double(task.hidden.hidden) / Double(task.hidden.all)
    #expect(abs(hidden - 0.9 * rate) < 20 * deviation, "\(hidden)")
  }

  /// A fixed seed gives these tokens on every machine.
  @Test func `masks of a fixed seed`() {
    let corpus = Corpus(.k3, seed: 4, count: 2, length: 30)
    let task = corpus.task(0.3, MaskedModelling.Fates(mask: 0.4, random: 0.4), step: 2)
    #expect(task.rows == [7, 8, 9, 10, 11, 12, 14, 15, 16, 20, 21, 22, 28, 33, 52, 53, 54])
    let changed = task.inputs.ids.indices.filter { task.inputs.ids[$0] != corpus.batch.ids[$0] }
    #expect(changed == [7, 8, 9, 10, 11, 12, 20, 21, 22, 28, 33])
    #expect(changed.map { task.inputs.ids[$0] } == [58, 27, 30, 43, 30, 43, 38, 11, 32, 2, 36])
    let long = Corpus(.k6by2, seed: 4, count: 100, length: 80).task(0.15, MaskedModelling.Fates(), step: 2)
    #expect(long.hidden == HiddenLetters(hidden: 900, all: 7472))
    #expect(long.inputs.ids.reduce(UInt64(0)) { $0 &* 31 &+ UInt64($1) } == 13_934_795_622_464_868_711)
  }

  @Test func `a batch in which nothing was chosen asks for one letter`() {
    for scheme in Scheme.allCases {
      let corpus = Corpus(scheme, seed: 1, count: 3, length: 24, unknown: false)
      let task = corpus.task(1e-9, MaskedModelling.Fates(), step: 0)
      let overlap = corpus.tokenizer.letters.overlap
      #expect(task.rows == [0] && (overlap == nil || task.hidden.hidden == overlap!.stride), "\(scheme)")
    }
    let empty = MaskedModelling().task(
      PackedTokens(ids: [1, 1], lengths: [2]), step: 0, vocabulary: 9, random: Philox(seed: 1, stream: .masking))
    #expect(empty.rows.isEmpty)
  }

  @Test func `unknown letters are never asked for`() {
    let letters = Tokenizer.character(.dna).letters
    let batch = Tokenizer.character(.dna).encode([Array("ACGNNTRA".utf8)], threads: 1)
    #expect(NextTokenPrediction(letters: letters).task(batch).rows == [0, 1, 4, 6])
    for step in 0..<50 {
      let task = MaskedModelling(rate: 0.5, letters: letters).task(
        batch, step: step, vocabulary: 10, random: Philox(seed: 1, stream: .masking))
      #expect(!task.rows.contains { [3, 4, 6].contains($0) })
      // A random token is no N either.
      #expect(task.inputs.ids.filter { $0 == 8 }.count == 2)
    }
    #expect(letters.draw(.max, vocabulary: 10) == 9 && letters.draw(3 << 30, vocabulary: 10) == 9)
    #expect(letters.draw((3 << 30) - 1, vocabulary: 10) == 7 && letters.draw(0, vocabulary: 6) == nil)
  }
}
