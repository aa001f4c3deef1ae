package import Blocks
import Ops
package import Randomness
package import Tensors

/// The blocks that one architecture uses, first to last, and how they run on a tape.
package struct Path {
  let embedding: PathPart<EmbeddingTensors>
  /// The table of learned positions.
  let positions: PathPart<Parameter>?
  /// The embedding of the second stream, where a layer reads one.
  let gate: PathPart<EmbeddingTensors>?
  /// Whether sinusoids tell the places of tokens.
  let hasSinusoids: Bool
  /// Tokens that one behind the last layer stands for.
  let stride: Int
  package let layers: [PathPart<ShapedBlock>]
  let norm: PathPart<Norm>
  /// The second half of a masked autoencoder, which only that objective has.
  let decoder: Decoder?
  package let head: PathPart<PathHeadTensors>
  package let operations: PathOperations

  /// In the order in which they are bound to a tape.
  package var blocks: [BlockState] {
    beforeLayers + layers.map(\.block) + (decoder?.blocks ?? []) + [norm.block, head.block]
  }

  private var beforeLayers: [BlockState] {
    [embedding.block] + [positions?.block, gate?.block].compactMap(\.self)
  }

  /// By block, in the order of `blocks`: the layers from it on, itself included; one more for the embedding, none for
  /// the last norm, the head and a decoder.
  package var depths: [Int] {
    let layers = layers.count
    return beforeLayers.map { _ in layers + 1 } + (0..<layers).map { layers - $0 }
      + [Int](repeating: 0, count: 2 + (decoder?.blocks.count ?? 0))
  }

  /// Numbers that a path of this architecture trains, its head included.
  package var parameterCount: Int { blocks.reduce(0) { $0 + $1.weights.layout.parameterCount } }

  /// The tensors of a path's parts on a tape.
  package struct Bound {
    let embedding: EmbeddingTensors
    let positions: Parameter?
    let gate: EmbeddingTensors?
    let layers: [ShapedBlock]
    let decoder: Decoder.Bound?
    let norm: Norm
    let head: PathHeadTensors
  }

  /// Binds the blocks to a tape, in the order of `blocks`.
  package func bind(to tape: Tape) -> Bound {
    Bound(
      embedding: embedding.bind(to: tape), positions: positions?.bind(to: tape), gate: gate?.bind(to: tape),
      layers: layers.map { $0.bind(to: tape) }, decoder: decoder?.bind(to: tape), norm: norm.bind(to: tape),
      head: head.bind(to: tape))
  }

  /// Scores over the vocabulary at the chosen rows: rows.count x V. Only those rows pass the last norm and the head.
  package func tokenLogits(_ ids: ArraySlice<Int32>, rows: [Int32], on tape: Tape) -> TapeValue {
    let bound = bind(to: tape)
    let x = chosen(body(ids, bound, tape), rows, tape)
    return bound.head.forward(tape.normalize(x, bound.norm), on: tape)
  }

  /// Scores over the vocabulary at rows of sequences that come on both strands, one behind the other: the sum of those
  /// of the given strand and of those of the other at the same letters, columns as `complements` turns tokens. The
  /// scores of the other strand are the same numbers, turned (Caduceus-PS, Schiff et al. 2024: its channels are the two
  /// strands, which meet in the head alone).
  package func strandedLogits(
    _ ids: ArraySlice<Int32>, rows: [Int32], others: [Int32], complements: [Int32], on tape: Tape
  ) -> TapeValue {
    let bound = bind(to: tape)
    let x = body(ids, bound, tape)
    let scores = { (rows: [Int32]) in
      bound.head.forward(tape.normalize(chosen(x, rows, tape), bound.norm), on: tape)
    }
    return tape.add(scores(rows), tape.permuteColumns(scores(others), complements))
  }

  /// Scores over the vocabulary at the rows `asked`, by the decoder: asked.count x V. The layers see the rows `visible`
  /// alone, and the decoder their features in their places; without, the layers see all rows, and so does the decoder.
  /// A layer of the decoder that reads a second stream takes what comes in for it.
  package func reconstruction(
    _ ids: ArraySlice<Int32>, visible: [Int32]?, asked: [Int32], on tape: Tape
  ) -> TapeValue {
    let bound = bind(to: tape)
    guard let decoder = bound.decoder else { preconditionFailure("a path without a decoder") }
    let encoded = tape.normalize(body(ids, visible: visible, bound, tape), bound.norm)
    tape.division = 0
    var x = tape.linear(encoded, decoder.entry.map)
    if let visible { x = tape.scatterRows(x, visible, filling: decoder.entry.hidden) }
    x = placed(x, decoder.positions, tape)
    var second: TapeValue? = x
    for layer in decoder.layers { x = layer.forward(x, gate: &second, on: tape) }
    return bound.head.forward(tape.normalize(tape.gatherRows(x, asked), decoder.norm), on: tape)
  }

  /// The places of the sequences for a contrast, B x projection: a linear map, GELU and another map of the mean over
  /// each sequence of the normalised features.
  package func projections(_ ids: ArraySlice<Int32>, on tape: Tape) -> TapeValue {
    let bound = bind(to: tape)
    let normal = tape.normalize(body(ids, bound, tape), bound.norm)
    return bound.head.forward(tape.segmentMeans(normal), on: tape)
  }

  /// The source of a shard's dropout. `firstRow` and `firstOutput` place the shard's rows, and those of its head, in
  /// the whole batch.
  package struct Dropout {
    let rate: Double
    let random: Philox
    let step: Int
    let firstRow: Int
    let firstOutput: Int

    package init(rate: Double, random: Philox, step: Int, firstRow: Int, firstOutput: Int) {
      self.rate = rate
      self.random = random
      self.step = step
      self.firstRow = firstRow
      self.firstOutput = firstOutput
    }
  }

  /// Features of tokens with those of their places, which count from 0 in each sequence.
  func placed(_ x: TapeValue, _ table: Parameter?, _ tape: Tape) -> TapeValue {
    if hasSinusoids { return tape.sinusoids(x) }
    guard let table else { return x }
    let places = tape.places ?? zip(tape.starts, tape.starts.dropFirst()).flatMap { 0..<$1 - $0 }
    return tape.add(x, tape.embedding(places, table: table))
  }

  /// The features of every token: R x width; of pooled tokens fewer rows, which the tape is then divided in.
  ///
  /// - Parameter visible: the rows that the layers see, packed, each in the place that it had; nil: all.
  func body(
    _ ids: ArraySlice<Int32>, visible: [Int32]? = nil, _ bound: Bound, _ tape: Tape, _ dropout: Dropout? = nil
  ) -> TapeValue {
    var x = placed(bound.embedding.forward(ids, on: tape), bound.positions, tape)
    var gate = bound.gate?.forward(ids, on: tape)
    if let visible {
      x = tape.gatherRows(x, visible)
      gate = gate.map { tape.gatherRows($0, visible) }
      tape.divide(among: visible)
    }
    return mixed(x, gate: gate, bound, tape, dropout)
  }

  /// The features behind the layers, of those before them and of the second stream.
  func mixed(
    _ x: TapeValue, gate: TapeValue?, _ bound: Bound, _ tape: Tape, _ dropout: Dropout? = nil
  ) -> TapeValue {
    var (x, gate) = (x, gate)
    for (site, layer) in bound.layers.enumerated() {
      let forward = { (inputs: [TapeValue]) in
        var gate = inputs.count > 1 ? inputs[1] : nil
        let y = layer.forward(inputs[0], gate: &gate, on: tape) { sum, stream in
          guard let dropout else { return sum }
          return tape.dropout(
            sum, stream: stream, rate: dropout.rate, random: dropout.random, step: dropout.step, site: site,
            firstRow: dropout.firstRow)
        }
        return [y] + [gate].compactMap(\.self)
      }
      let inputs = [x] + [gate].compactMap(\.self)
      let outputs = layer.stride == 1 ? tape.recomputed(inputs, forward) : forward(inputs)
      x = outputs[0]
      gate = outputs.count > 1 ? outputs[1] : nil
    }
    return x
  }

  /// The rows of x that stand for tokens, by their rows before any pooling.
  func chosen(_ x: TapeValue, _ rows: [Int32], _ tape: Tape) -> TapeValue {
    tape.gatherRows(x, tape.division == 0 ? rows : pooled(rows, tape))
  }

  /// The rows that hold the tokens of rows of the batch, which poolings left fewer of.
  private func pooled(_ rows: [Int32], _ tape: Tape) -> [Int32] {
    let (now, before) = (tape.starts, tape.batchStarts)
    var sequence = 0
    return rows.map { row in
      while row >= before[sequence + 1] { sequence += 1 }
      while row < before[sequence] { sequence -= 1 }
      return now[sequence] + (row - before[sequence]) / Int32(stride)
    }
  }
}
