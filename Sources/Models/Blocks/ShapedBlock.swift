import Ops
package import Tensors

/// A block with its tensors: behind a linear map without bias where the widths differ, its norm, the mixing of tokens
/// and, where the layer has one, an MLP.
package struct ShapedBlock {
  private let shape: BlockShape
  /// hOut x hIn.
  private let projection: Parameter?
  /// hOut x gateIn.
  private let gateProjection: Parameter?
  private let norm: Norm?
  private let mixing: any Block
  private let mlp: MLP?

  init(_ shape: BlockShape, _ parameters: inout Parameters) {
    let (layer, h) = (shape.layer, shape.hOut)
    self.shape = shape
    projection = shape.hIn == h ? nil : parameters.linear("projection", h, shape.hIn)
    gateProjection =
      layer.kind.readsGate && shape.gateIn != h ? parameters.linear("gate.projection", h, shape.gateIn) : nil
    norm =
      layer.kind.hasNorm ? parameters.norm(layer.kind.mlp == .none ? "norm" : "norm1", h, layer.normForm) : nil
    mixing = layer.kind.block.init(shape, &parameters)
    mlp = MLP(layer, &parameters)
  }

  /// Tokens of the input that one of the output stands for.
  package var stride: Int { shape.layer.stride }

  /// Runs the block on the tape of its tensors: x is R x hIn, the result R x hOut. `gate` is the second stream, R x
  /// gateIn, which becomes R x hOut where the kind reads it.
  /// - Parameter regularize: makes the result of the residual stream and its branches of the sum and the stream alone;
  ///   it is not asked where the rows become fewer.
  package func forward(
    _ x: TapeValue, gate: inout TapeValue?, on tape: Tape,
    regularize: (_ sum: TapeValue, _ stream: TapeValue) -> TapeValue = { sum, _ in sum }
  ) -> TapeValue {
    precondition(x.columns == shape.hIn, "\(shape.name) is given \(x.columns) features")
    let stream = projection.map { tape.linear(x, weight: $0) } ?? x
    if let gateProjection, let second = gate { gate = tape.linear(second, weight: gateProjection) }
    let mixed = mixing.forward(
      norm.map { tape.normalize(stream, $0) } ?? stream, stream: stream, gate: &gate, on: tape)
    let y = mixing.finish(mlp?.forward(mixed, on: tape) ?? mixed, on: tape)
    return shape.layer.stride == 1 ? regularize(y, stream) : y
  }
}

extension BlockShape {
  /// Numbers in all of the block's tensors.
  package var parameterCount: Int { layout.parameterCount }

  /// The block's tensors.
  package var layout: ParameterLayout { Parameters.layout(block) }

  /// The block of this shape with its tensors.
  package func block(_ parameters: inout Parameters) -> ShapedBlock { ShapedBlock(self, &parameters) }

  /// Runs the block that is bound to a tape under a number: x is R x hIn, the result R x hOut. Without a second stream
  /// a block that reads one takes x for it.
  package func forward(_ x: TapeValue, gate: TapeValue? = nil, on tape: Tape, block number: Int) -> TapeValue {
    var parameters = Parameters(of: number, on: tape)
    var gate: TapeValue? = layer.kind.readsGate ? gate ?? x : nil
    return block(&parameters).forward(x, gate: &gate, on: tape)
  }
}
