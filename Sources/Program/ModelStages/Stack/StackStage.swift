package import Artifacts
import Blocks
import Inputs
import Spaces

/// Writes an architecture of convolutions that see further from layer to layer.
package enum StackStage: Stage {
  static let module = ParameterKey<String>(
    "module", .choice(["gated", "cnn"]), default: "gated", neutral: "gated", help: "The kind of every layer.")
  static let width = ParameterKey<Int>(
    "width", .int(8...8192), default: 64, neutral: 64, unit: "features", help: "Features of every layer.")
  static let layers = ParameterKey<Int>(
    "layers", .int(1...32), default: 5, neutral: 5, unit: "layers", help: "Number of layers, without poolings.")
  static let kernel = ParameterKey<Int>(
    "kernel", .int(1...255), default: 9, neutral: 9, unit: "taps",
    help: "Taps of every convolution; odd where tokens see both sides.")
  static let base = ParameterKey<Int>(
    "base", .int(1...64), default: 4, neutral: 4, unit: "factor",
    help: "How much further a layer sees than the one before it, from the fourth layer on: layer i, from 0, by the "
      + "power i - 2, and the first three alike (ConvNova).")
  static let growth = ParameterKey<String>(
    "growth", .choice(["dilation", "pooling"]), default: "dilation", neutral: "dilation",
    help: "dilation: taps lie further apart. pooling: means over so many neighbouring tokens stand for them instead, "
      + "so that later layers see fewer tokens, which stand for more; not where tokens see those before them alone.")
  static let limit = ParameterKey<Int>(
    "limit", .int(1...4096), default: 1024, neutral: 1024, unit: "tokens",
    help: "The largest dilation, or the most tokens that one stands for.")

  package static let declaration = StageDeclaration(
    name: "stack", version: 1,
    summary: "Write an architecture of convolutions that see further from layer to layer, by dilation or by pooling.",
    parameters: [
      module.parameter, width.parameter, layers.parameter, kernel.parameter, base.parameter, growth.parameter,
      limit.parameter,
    ],
    inputs: [],
    outputs: [OutputPort("architecture", .architecture, .file, help: "The architecture.")],
    example: """
      net:
        stage: stack
        for: { base: [1, 2, 4], layers: [3, 5] }
        with: { module: gated, width: 64, base: $base, layers: $layers }
      """)

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    let (width, base, limit) = (context[width], context[base], context[limit])
    let pools = context[growth] == "pooling"
    let kind: BlockKind = context[module] == "cnn" ? .cnn : .gated
    var (layers, reach) = ([Layer](), 1)
    for index in 0..<context[Self.layers] {
      if index > 2 {
        let factor = pools ? min(base, limit / reach) : base
        if pools, factor > 1 { layers.append(Layer(.pool, width: width, options: ["factor": factor])) }
        reach = min(limit, reach * factor)
      }
      layers.append(
        Layer(kind, width: width, options: ["kernel": context[kernel], "dilation": pools ? 1 : reach]))
    }
    if let problem = layers.lazy.compactMap({ $0.problem() }).first {
      throw StageFailure(code: "bad-architecture", "\(problem)")
    }
    try context.outputs.write("architecture", "", ArchitectureText.bytes(Architecture(layers: layers)))
  }
}
