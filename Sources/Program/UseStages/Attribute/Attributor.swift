import Artifacts
import Labelled
import Networks
import Randomness
import Sequences
import Spaces
import Tokenizers
import Tokens

/// The contributions of the letters of sequences to an output of a trained model.
struct Attributor {
  /// The way in which contributions are found.
  enum Method: String, CaseIterable {
    case mutagenesis
    case gradient = "gradient-x-input"
    case integrated = "integrated-gradients"
  }

  /// The sequence against which gradients are held.
  enum Baseline: String, CaseIterable { case mean, shuffled }

  let model: TrainedModel
  private let network: TaskNetwork
  let method: Method
  private let steps: Int
  private let baseline: Baseline
  /// Shuffles of a row that are its baselines.
  private static let shuffles = 8
  private let byLayer: Bool
  private let random: Philox
  private let threads: Int

  /// Throws `StageFailure` for models whose outputs are not of one sequence, or that cannot be asked so.
  init(
    _ model: TrainedModel, _ method: Method, steps: Int, baseline: Baseline, byLayer: Bool, seed: Int, threads: Int
  ) throws {
    (self.model, self.method, self.steps, self.baseline) = (model, method, steps, baseline)
    (self.byLayer, self.threads) = (byLayer, threads)
    random = Philox(seed: seed, stream: .attribution)
    guard model.kind != .letters, !model.document.isPaired else {
      throw StageFailure(
        code: "no-attribution",
        model.document.isPaired
          ? "the model reads pairs: contributions are of the letters of one sequence"
          : "the model labels letters: contributions are to one output of a sequence")
    }
    if baseline == .shuffled, method != .mutagenesis, model.tokenizer.scheme == .bpe {
      throw StageFailure(
        code: "no-attribution",
        "a shuffled sequence of byte pairs has other tokens, and as many do not: take 'baseline: mean' or 'method: "
          + "mutagenesis'")
    }
    network = try model.network(threads: threads, isExact: true)
  }

  /// The names of the lanes: what contributions are found at.
  var lanes: [String] {
    let depths = ["embedding"] + (byLayer ? (1...model.architecture.depth).map { "layer\($0)" } : [])
    return method != .mutagenesis ? depths : ["letters"] + (byLayer ? depths : [])
  }

  /// The weighted outputs for sequences, each with its weights, and how many were cut. Throws `StageFailure`.
  func outputs(_ sequences: [[UInt8]], _ weights: (Int) -> [Float]) throws -> (values: [Double], cut: Int) {
    let encoded = model.encoding.encode(sequences, group: 1, threads: threads)
    let numbers = try failing { try network.outputs(of: encoded.tokens)! }
    let count = numbers.count / max(1, sequences.count)
    let values = sequences.indices.map { row in
      zip(weights(row), numbers[row * count..<(row + 1) * count]).reduce(model.document.mean ?? 0) {
        $0 + Double($1.0) * Double($1.1)
      }
    }
    return (values, encoded.cut)
  }

  /// Whether the model reads all letters of each sequence.
  func isCut(_ sequences: [[UInt8]]) -> [Bool] { model.encoding.encode(sequences, group: 1, threads: threads).isCut }

  /// Contributions to rows' outputs, and mutants that were cut; nil where `isCancelled`. Throws `StageFailure`.
  func explain(_ rows: [AskedRow], isCancelled: (_ done: Int) -> Bool) throws -> (rows: [ExplainedRow], cut: Int)? {
    var cut = 0
    var mutated: [(output: Double, deltas: [[Double]])] = []
    if method == .mutagenesis {
      for (done, row) in rows.enumerated() {
        if isCancelled(done) { return nil }
        mutated.append(try mutants(of: row, &cut))
      }
    }
    var depths: [Attribution] = []
    if method != .mutagenesis || byLayer {
      let encoding = model.encoding
      let tokens = encoding.encode(rows.map(\.sequence), group: 1, threads: threads).tokens
      var baselines: PackedTokens?
      if baseline == .shuffled, method != .mutagenesis {
        let shuffled = rows.flatMap { row in
          (0..<Self.shuffles).map { self.shuffled(row, $0, isNull: false) }
        }
        baselines = encoding.encode(shuffled, group: 1, threads: threads).tokens
      }
      let rule: AttributionRule =
        switch method {
        case .mutagenesis: .occlusion
        case .gradient: .gradient
        case .integrated: .integrated(steps: steps)
        }
      let found = try failing {
        try network.attributions(
          of: tokens, baselines: baselines, weights: rows.map(\.weights), by: rule, byLayer: byLayer, threads: threads,
          isCancelled: isCancelled)
      }
      guard let found else { return nil }
      depths = found
      let strands = encoding.strands.read
      return (
        rows.indices.map { row in
          let own = (0..<strands).map { tokens[row * strands + $0] }
          let lanes = depths[row].depths.map { letters(rows[row].sequence.count, own, $0) }
          let offset = model.document.mean ?? 0
          guard method == .mutagenesis else {
            return ExplainedRow(
              rows[row], output: depths[row].output + offset, baseline: depths[row].baseline + offset, lanes: lanes)
          }
          return ExplainedRow(rows[row], mutated[row], alphabet: model.alphabet, lanes: lanes)
        }, cut
      )
    }
    return (zip(rows, mutated).map { ExplainedRow($0, $1, alphabet: model.alphabet, lanes: []) }, cut)
  }

  /// A row's letters with the same dinucleotides: one of several, as a baseline or for a null.
  func shuffled(_ row: AskedRow, _ number: Int, isNull: Bool) -> [UInt8] {
    DinucleotideShuffle.shuffled(row.sequence, random, item: (row.index << 8 | number) << 1 | (isNull ? 1 : 0))
  }

  /// The output for a row, and by letter what each other letter there adds to it; 0 for its own.
  private func mutants(of row: AskedRow, _ cut: inout Int) throws -> (output: Double, deltas: [[Double]]) {
    let bases = model.alphabet.bases
    var sequences = [row.sequence]
    for (place, letter) in row.sequence.enumerated() {
      for base in bases where base != letter {
        var mutant = row.sequence
        mutant[place] = base
        sequences.append(mutant)
      }
    }
    let found = try outputs(sequences) { _ in row.weights }
    cut += found.cut
    var next = 1
    let deltas = row.sequence.map { letter in
      bases.map { base -> Double in
        if base == letter { return 0 }
        defer { next += 1 }
        return found.values[next] - found.values[0]
      }
    }
    return (found.values[0], deltas)
  }

  /// Numbers of tokens as those of letters, in equal parts; both strands together.
  private func letters(_ count: Int, _ tokens: [ArraySlice<Int32>], _ numbers: [[Double]]) -> [Double] {
    var result = [Double](repeating: 0, count: count)
    for (strand, (ids, own)) in zip(tokens, numbers).enumerated() {
      for (range, number) in zip(model.tokenizer.places(of: ids, letters: count), own) {
        for place in range where place < count {
          result[strand == 0 ? place : count - 1 - place] += number / Double(range.count)
        }
      }
    }
    return result
  }

  private func failing<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch let error as ModelError { throw StageFailure(code: "not-finite", "\(error)") }
  }
}
