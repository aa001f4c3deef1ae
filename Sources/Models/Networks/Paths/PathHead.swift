import Blocks
import Ops
import Spaces
import Tensors

/// The end of a path.
package enum PathHead: Hashable, Sendable {
  /// A score per token of the vocabulary, at rows of the sequence; shared by all paths of one output width.
  case tokens
  /// The labels that a fine-tune predicts.
  case task(TaskHead)
  /// Two layers from the mean over the sequence to that many features, for a contrast.
  case projection(Int)
  /// A score per token of the vocabulary, behind a decoder.
  case decoded(DecoderForm)

  /// The decoder of a path, where it ends with one.
  func decoder(of encoder: Architecture) -> Architecture? {
    if case .decoded(let form) = self { form.architecture(of: encoder) } else { nil }
  }

  /// Why a path of this architecture cannot end so, or nil.
  func problem(of encoder: Architecture) -> BlockProblem? {
    if case .decoded(let form) = self { form.problem(of: encoder) } else { nil }
  }

  /// The name of the head's block behind an output of `width` features.
  func name(_ width: Int) -> String {
    switch self {
    case .tokens, .decoded: "head.\(width)"
    case .task: "classifier.\(width)"
    case .projection(let features): "projection.\(width)-\(features)"
    }
  }

  /// The head's tensors.
  func tensors(_ description: SupernetDescription, width: Int, _ parameters: inout Parameters) -> PathHeadTensors {
    switch self {
    case .tokens, .decoded: PathHeadTensors(output: parameters.affine("head", description.vocabulary, width))
    case .task(let head):
      PathHeadTensors(
        queries: head.hasQueries
          ? parameters.linear("queries", Pooling.queries, width) : nil,
        decoding: head.isOfLast ? LastTokenDecoding(width, &parameters) : nil,
        output: parameters.affine("head", head.labels.outputs, head.features(width)))
    case .projection(let features):
      PathHeadTensors(
        hidden: parameters.affine("hidden", width, width), output: parameters.affine("output", features, width))
    }
  }
}

/// A linear map, behind another and a GELU where there is a hidden layer.
package struct PathHeadTensors {
  var hidden: Affine? = nil
  /// Queries x width, of `attention` pooling.
  var queries: Parameter? = nil
  /// The layers before the last map, where outputs are made from the features of a sequence's last token.
  var decoding: LastTokenDecoding? = nil
  let output: Affine

  /// x is N x width, the result N x outputs.
  func forward(_ x: TapeValue, on tape: Tape) -> TapeValue {
    if let decoding { return tape.linear(decoding.forward(x, on: tape), output) }
    let z = hidden.map { tape.gelu(tape.linear(x, weight: $0.weight), bias: $0.bias) }
    return tape.linear(z ?? x, output)
  }
}
