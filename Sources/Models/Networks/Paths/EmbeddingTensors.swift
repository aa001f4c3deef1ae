import Blocks
import Ops
import Spaces
import Tensors

/// The tensors of an embedding: a table V x C, or of a stem V x taps x C and a bias.
package struct EmbeddingTensors {
  let table: Parameter
  let bias: Parameter?
  let shape: ConvolutionShape

  init(_ description: SupernetDescription, _ parameters: inout Parameters) {
    let embedding = description.embedding
    shape = ConvolutionShape(taps: embedding.stem, dilation: 1, causal: description.causal)
    if embedding.stem == 1 {
      table = parameters.tensor(
        "weight", [description.vocabulary, embedding.width], decays: true, .uniform(limit: 0.5))
      bias = nil
    } else {
      table = parameters.tensor(
        "weight", [description.vocabulary, embedding.stem, embedding.width], decays: true,
        .uniform(limit: 1 / Double(embedding.stem).squareRoot()))
      bias = parameters.tensor("bias", [embedding.width], decays: false, .zeros)
    }
  }

  /// The features of every token: R x C.
  func forward(_ ids: ArraySlice<Int32>, on tape: Tape) -> TapeValue {
    guard let bias else { return tape.embedding(ids, table: table) }
    return tape.gelu(tape.stemEmbedding(ids, table: table, shape: shape), bias: bias)
  }
}
