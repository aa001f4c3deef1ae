package import Tensors

/// A block before it has numbers: it maps R x hIn to R x hOut. Equal shapes have equal parameter layouts.
package struct BlockShape: Hashable, Sendable {
  package let layer: Layer
  package let hIn: Int
  /// Whether a token sees only itself and earlier ones.
  package let causal: Bool

  /// The block of a layer behind `hIn` features. Whether it can be built, `problem` says.
  package init(_ layer: Layer, hIn: Int, causal: Bool) {
    precondition(hIn > 0, "a block of \(hIn) features")
    self.layer = layer
    self.hIn = hIn
    self.causal = causal
  }

  var hOut: Int { layer.width }

  /// Why the block cannot be built, or nil.
  package var problem: BlockProblem? { layer.problem(causal: causal) }

  /// The name that its shared weights go by, apart from the position: `transformer.64-128`, `cnn.64-64+kernel5`.
  package var name: String {
    let text = layer.options.sorted { $0.key < $1.key }.map { "+\($0.key)\($0.value)" }.joined()
    return "\(layer.kind).\(hIn)-\(hOut)\(text)"
  }

  /// The name of a block, with its position or without, but for the options that only fit it to a run.
  package static func family(_ name: String) -> String {
    let fields = name.split(separator: "+")
    let kind = fields.first?.split(separator: ".").lazy.compactMap { BlockKind(named: String($0)) }.first
    guard let own = kind?.options.filter(\.isOfRun).map(\.name), !own.isEmpty else { return name }
    return fields.filter { field in !own.contains(String(field.prefix { !$0.isNumber })) }.joined(separator: "+")
  }

  /// Numbers in all of the block's tensors.
  package var parameterCount: Int { layout.parameterCount }

  /// The block's tensors.
  package var layout: ParameterLayout { Parameters.layout(block) }

  /// The block of this shape with its tensors.
  package func block(_ parameters: inout Parameters) -> ShapedBlock { ShapedBlock(self, &parameters) }

  /// Runs the block that is bound to a tape under a number: x is R x hIn, the result R x hOut.
  package func forward(_ x: TapeValue, on tape: Tape, block number: Int) -> TapeValue {
    var parameters = Parameters(of: number, on: tape)
    return block(&parameters).forward(x, on: tape)
  }
}

/// A block with its tensors, behind a linear map without bias where the widths differ.
package struct ShapedBlock {
  private let shape: BlockShape
  /// hOut x hIn.
  private let projection: Parameter?
  private let residual: any Block

  fileprivate init(_ shape: BlockShape, _ parameters: inout Parameters) {
    self.shape = shape
    projection = shape.hIn == shape.hOut ? nil : parameters.linear("projection", shape.hOut, shape.hIn)
    residual = shape.layer.kind.block.init(shape, &parameters)
  }

  /// Runs the block on the tape of its tensors: x is R x hIn, the result R x hOut.
  /// - Parameter regularize: makes the result of the residual stream and its branches of the sum and the stream alone.
  package func forward(
    _ x: TapeValue, on tape: Tape, regularize: (_ sum: TapeValue, _ stream: TapeValue) -> TapeValue = { sum, _ in sum }
  ) -> TapeValue {
    precondition(x.columns == shape.hIn, "\(shape.name) is given \(x.columns) features")
    let stream = projection.map { tape.linear(x, weight: $0) } ?? x
    return regularize(residual.forward(stream, on: tape), stream)
  }
}
