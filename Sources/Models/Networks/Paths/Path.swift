package import Blocks
package import Randomness
package import Tensors

/// The blocks that one architecture uses, first to last, and how they run on a tape.
package struct Path {
  let embedding: PathPart<Parameter>
  /// The table of learned positions.
  let positions: PathPart<Parameter>?
  /// Whether sinusoids tell the places of tokens.
  let hasSinusoids: Bool
  package let layers: [PathPart<ShapedBlock>]
  let norm: PathPart<Affine>
  package let head: PathPart<PathHeadTensors>

  /// In the order in which they are bound to a tape.
  package var blocks: [BlockState] {
    [embedding.block] + (positions.map { [$0.block] } ?? []) + layers.map(\.block) + [norm.block, head.block]
  }

  /// By block, in the order of `blocks`: the layers from it on, itself included; one more for the embedding, none for
  /// the last norm and the head.
  package var depths: [Int] {
    let layers = layers.count
    return [layers + 1] + (positions == nil ? [] : [layers + 1]) + (0..<layers).map { layers - $0 } + [0, 0]
  }

  /// Numbers that a path of this architecture trains, its head included.
  package var parameterCount: Int { blocks.reduce(0) { $0 + $1.weights.layout.parameterCount } }

  /// The tensors of a path's parts on a tape.
  package struct Bound {
    let embedding: Parameter
    let positions: Parameter?
    let layers: [ShapedBlock]
    let norm: Affine
    let head: PathHeadTensors
  }

  /// Binds the blocks to a tape, in the order of `blocks`.
  package func bind(to tape: Tape) -> Bound {
    Bound(
      embedding: embedding.bind(to: tape), positions: positions?.bind(to: tape),
      layers: layers.map { $0.bind(to: tape) }, norm: norm.bind(to: tape), head: head.bind(to: tape))
  }

  /// Scores over the vocabulary at the chosen rows: rows.count x V. Only those rows pass the last norm and the head.
  package func tokenLogits(_ ids: ArraySlice<Int32>, rows: [Int32], on tape: Tape) -> TapeValue {
    let bound = bind(to: tape)
    let x = tape.gatherRows(body(ids, bound, tape), rows)
    return bound.head.forward(tape.layerNorm(x, bound.norm), on: tape)
  }

  /// The places of the sequences for a contrast, B x projection: a linear map, GELU and another map of the mean over
  /// each sequence of the normalised features.
  package func projections(_ ids: ArraySlice<Int32>, on tape: Tape) -> TapeValue {
    let bound = bind(to: tape)
    let normal = tape.layerNorm(body(ids, bound, tape), bound.norm)
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

  /// The embeddings of tokens with those of their places.
  private func placed(_ x: TapeValue, _ bound: Bound, _ tape: Tape) -> TapeValue {
    if hasSinusoids { return tape.sinusoids(x) }
    guard let table = bound.positions else { return x }
    let places = zip(tape.starts, tape.starts.dropFirst()).flatMap { 0..<$1 - $0 }
    return tape.add(x, tape.embedding(places, table: table))
  }

  /// The features of every token: R x width.
  func body(_ ids: ArraySlice<Int32>, _ bound: Bound, _ tape: Tape, _ dropout: Dropout? = nil) -> TapeValue {
    var x = placed(tape.embedding(ids, table: bound.embedding), bound, tape)
    for (site, layer) in bound.layers.enumerated() {
      x = layer.forward(x, on: tape) { sum, stream in
        guard let dropout else { return sum }
        return tape.dropout(
          sum, stream: stream, rate: dropout.rate, random: dropout.random, step: dropout.step, site: site,
          firstRow: dropout.firstRow)
      }
    }
    return x
  }
}
