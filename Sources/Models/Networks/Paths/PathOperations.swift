import Blocks
package import Spaces

/// The floating-point operations of a path, counted from its shapes as `BlockShape.operations` counts them: the stem of
/// the embedding, layers, decoder, the last norm and the head. An embedding without a stem is a look-up and costs none.
package struct PathOperations: Sendable {
  private let description: SupernetDescription
  private let head: PathHead
  private let layers: [BlockShape]
  private let decoder: [BlockShape]
  /// Embeddings: two where a layer reads the second stream.
  private let streams: Int
  private let width: Int

  /// Those of an architecture in a supernet, with a head.
  package init(_ description: SupernetDescription, _ architecture: Architecture, head: PathHead) {
    (self.description, self.head) = (description, head)
    let shapes = { (architecture: Architecture, width: Int) in
      architecture.blocks(embeddingWidth: width).map { $0.shape(causal: description.causal) }
    }
    layers = shapes(architecture, description.embedding.width)
    decoder = head.decoder(of: architecture).map { shapes($0, $0.layers[0].width) } ?? []
    streams = architecture.hasGate ? 2 : 1
    width = description.outputWidth(architecture)
  }

  /// Forward and backward: three times forward, for the gradient of a product is two products (Kaplan et al. 2020,
  /// arXiv:2001.08361, section 2.1). What is computed anew for want of room is not counted.
  package static func training(forward: Double) -> Double { 3 * forward }

  /// Those of a forward pass over sequences of these lengths, whose head is asked at `outputs` places: rows, or
  /// sequences and pairs where it is of those.
  /// - Parameter visible: the lengths of what the layers see, where a decoder sees more; nil: all.
  package func forward(_ lengths: [Int], visible: [Int]? = nil, outputs: Int) -> Double {
    let embedding = description.embedding
    let rows = Double(lengths.reduce(0, +))
    // Sums of rows of a table.
    let stem = embedding.stem == 1 ? 0 : rows * Double(embedding.stem * embedding.width * streams)
    let (encoded, encoder) = Self.pass(layers, visible ?? lengths)
    let last = decoder.last?.layer.width ?? width
    var sum = stem + encoder + end(encoded.reduce(0, +), width: last, outputs: outputs)
    if let first = decoder.first {
      let seen = (visible ?? lengths).reduce(0, +)
      sum += norm(seen, width) + Double(2 * seen) * Double(width * first.hIn) + Self.pass(decoder, lengths).operations
    }
    return sum
  }

  /// The lengths behind layers, and their operations.
  private static func pass(_ layers: [BlockShape], _ lengths: [Int]) -> (lengths: [Int], operations: Double) {
    layers.reduce((lengths, 0)) { state, shape in
      let stride = shape.layer.stride
      return (
        state.0.map { ($0 + stride - 1) / stride }, state.1 + shape.operations(lengths: state.0)
      )
    }
  }

  /// Those of the last norm and the head. A head of tokens sees the rows that it is asked at, others all.
  private func end(_ rows: Int, width: Int, outputs: Int) -> Double {
    let (asked, w) = (Double(outputs), Double(width))
    switch head {
    case .tokens, .decoded: return norm(outputs, width) + 2 * asked * w * Double(description.vocabulary)
    case .projection(let features): return norm(rows, width) + 2 * asked * w * (w + Double(features))
    case .task(let task):
      // Scores of queries, and means with their weights.
      let queries = task.hasQueries ? 4 * Double(rows) * w * Double(Pooling.queries) : 0
      return norm(task.isOfTokens ? outputs : rows, width) + queries
        + 2 * asked * Double(task.features(width)) * Double(task.labels.outputs)
    }
  }

  private func norm(_ rows: Int, _ width: Int) -> Double { Norm.operations(rows: rows, width) }
}
