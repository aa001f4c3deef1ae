import Blocks
package import Spaces
import Tensors

/// Shared weights: one block per (position, module, h_in, h_out, options), an embedding, and per output width a final
/// norm and a head. A block comes into being when a path first uses it: from the checkpoint, else from (seed, name).
package final class Supernet {
  package let description: SupernetDescription
  private let origin: Checkpoint?
  /// By name; only blocks that have been used.
  private var blocks: [String: BlockState] = [:]

  /// `origin`: where blocks that it names are read from, moments and step counts too when it has them.
  package init(_ description: SupernetDescription, origin: Checkpoint? = nil) {
    self.description = description
    self.origin = origin
  }

  /// The blocks of one path, made on first use. A head that is not in the checkpoint follows from
  /// `headSeed`, by default the supernet's seed. Throws `BlockProblem` and `ModelError.badCheckpoint`.
  package func path(_ architecture: Architecture, head: PathHead, headSeed: Int? = nil) throws -> Path {
    let description = description
    if let problem = description.problem(of: architecture) ?? head.problem(of: architecture) { throw problem }
    let width = description.outputWidth(architecture)
    let embedding = { (parameters: inout Parameters) in EmbeddingTensors(description, &parameters) }
    let decoder = try head.decoder(of: architecture).map { try self.decoder($0, behind: width) }
    let end = Self.end(head, of: architecture, width)
    return Path(
      embedding: try part("embedding", embedding),
      positions: try positions("positions", description.embedding.width),
      gate: architecture.hasGate ? try part(Self.gateName, embedding) : nil,
      hasSinusoids: description.positions == .sinusoidal, stride: architecture.stride,
      layers: try layers(architecture),
      norm: try part("norm.\(width)") { $0.norm("norm", width) }, decoder: decoder,
      head: try part(end.name, seed: headSeed) { head.tensors(description, width: end.width, &$0) },
      operations: PathOperations(description, architecture, head: head))
  }

  /// The name of the embedding of the second stream.
  private static let gateName = "embedding.gate"

  /// The name of the head and the features that it reads: those of a decoder, where the path has one.
  private static func end(
    _ head: PathHead, of architecture: Architecture, _ width: Int
  ) -> (name: String, width: Int) {
    guard let last = head.decoder(of: architecture)?.layers.last?.width else { return (head.name(width), width) }
    return (Decoder.prefix + head.name(last), last)
  }

  private func positions(_ name: String, _ width: Int) throws -> PathPart<Parameter>? {
    try description.positions.count.map { count in
      try part(name) { $0.tensor("weight", [count, width], decays: true, .uniform(limit: 0.5)) }
    }
  }

  private func layers(
    _ architecture: Architecture, behind width: Int? = nil, prefix: String = ""
  ) throws -> [PathPart<ShapedBlock>] {
    try architecture.blocks(embeddingWidth: width ?? description.embedding.width).map { block in
      try part(prefix + block.name, block.shape(causal: description.causal).block)
    }
  }

  /// The decoder of these layers, which reads `encoder` features. Its first layer has the width that comes in.
  private func decoder(_ architecture: Architecture, behind encoder: Int) throws -> Decoder {
    let (first, last) = (architecture.layers[0].width, architecture.layers[architecture.layers.count - 1].width)
    return Decoder(
      entry: try part(Decoder.entryName(encoder, first)) { DecoderEntry(encoder: encoder, width: first, &$0) },
      positions: try positions(Decoder.prefix + "positions.\(first)", first),
      layers: try layers(architecture, behind: first, prefix: Decoder.prefix),
      norm: try part("\(Decoder.prefix)norm.\(last)") { $0.norm("norm", last) })
  }

  /// The names of all blocks that paths of these architectures have. Throws `BlockProblem`.
  package static func blockNames(
    _ architectures: [Architecture], head: PathHead, _ description: SupernetDescription
  ) throws -> Set<String> {
    var names: Set = ["embedding"]
    let hasPositions = description.positions.count != nil
    if hasPositions { names.insert("positions") }
    for architecture in architectures {
      if let problem = description.problem(of: architecture) ?? head.problem(of: architecture) { throw problem }
      let width = description.outputWidth(architecture)
      names.formUnion(architecture.blocks(embeddingWidth: description.embedding.width).map(\.name))
      if architecture.hasGate { names.insert(gateName) }
      names.formUnion(["norm.\(width)", end(head, of: architecture, width).name])
      if let decoder = head.decoder(of: architecture), let first = decoder.layers.first?.width,
        let last = decoder.layers.last?.width
      {
        names.formUnion([Decoder.entryName(width, first), "\(Decoder.prefix)norm.\(last)"])
        if hasPositions { names.insert(Decoder.prefix + "positions.\(first)") }
        names.formUnion(decoder.blocks(embeddingWidth: first).map { Decoder.prefix + $0.name })
      }
    }
    return names
  }

  /// The part of a path whose block has this name: in use, from the checkpoint, or new.
  private func part<Tensors>(
    _ name: String, seed: Int? = nil, _ tensors: @escaping (inout Parameters) -> Tensors
  ) throws -> PathPart<Tensors> {
    if let block = blocks[name] { return PathPart(block: block, tensors: tensors) }
    let layout = Parameters.layout(tensors)
    let initializer = Initializer(seed: seed ?? description.seed)
    let block = try stored(name, layout) ?? BlockState(name: name, weights: initializer.weights(layout, block: name))
    blocks[name] = block
    return PathPart(block: block, tensors: tensors)
  }

  private func stored(_ name: String, _ layout: ParameterLayout) throws -> BlockState? {
    let (file, stateFile) = (Self.weightsFile(name), Self.stateFile(name))
    guard let origin, let bytes = try origin.bytes(ifPresent: file) else { return nil }
    let weights = ParameterBuffer(layout)
    _ = try Safetensors.decode(bytes, file: file, into: [("", weights)])
    guard let state = try origin.bytes(ifPresent: stateFile) else { return BlockState(name: name, weights: weights) }
    let moments = (ParameterBuffer(layout), ParameterBuffer(layout))
    let metadata = try Safetensors.decode(
      state, file: stateFile, into: [("first.", moments.0), ("second.", moments.1)])
    guard let steps = metadata["steps"].flatMap({ Int($0) }) else {
      throw ModelError.badCheckpoint(file: stateFile, reason: "no step count")
    }
    return BlockState(name: name, weights: weights, moments: moments, steps: steps)
  }

  /// The file of a block's weights. Those of a decoder are of the state: no later training reads them.
  package static func weightsFile(_ block: String) -> String {
    block.hasPrefix(Decoder.prefix) ? "state/\(block)\(decoderWeights)" : "weights/\(block).safetensors"
  }

  private static let decoderWeights = ".weights.safetensors"

  /// The block of a file of weights; nil for other files.
  package static func block(ofWeights file: String) -> String? {
    guard file.hasPrefix("weights/"), file.hasSuffix(".safetensors") else { return nil }
    return String(file.dropFirst("weights/".count).dropLast(".safetensors".count))
  }

  static func stateFile(_ block: String) -> String { "state/\(block).safetensors" }

  /// The files of every block that has been trained, here or before, ascending by name.
  package var checkpointNames: [String] {
    var names = Set(origin?.names.filter { $0.hasSuffix(".safetensors") } ?? [])
    for block in blocks.values where block.steps > 0 || names.contains(Self.weightsFile(block.name)) {
      names.insert(Self.weightsFile(block.name))
      if block.steps > 0 { names.insert(Self.stateFile(block.name)) }
    }
    names.insert(SupernetDescription.fileName)
    return names.sorted()
  }

  /// The files of one path's blocks alone, trained or not.
  package func checkpointNames(of path: Path) -> [String] {
    let names = path.blocks.flatMap { block in
      block.steps > 0 ? [Self.weightsFile(block.name), Self.stateFile(block.name)] : [Self.weightsFile(block.name)]
    }
    return (names + [SupernetDescription.fileName]).sorted()
  }

  /// The bytes of one file of `checkpointNames`. A block that was not used since the checkpoint it came from is passed
  /// on as it was.
  package func checkpointBytes(_ name: String) throws -> [UInt8] {
    if name == SupernetDescription.fileName { return description.bytes }
    let isOfDecoder = name.hasSuffix(Self.decoderWeights)
    let stem = name.split(separator: "/", maxSplits: 1)[1]
      .dropLast(isOfDecoder ? Self.decoderWeights.count : ".safetensors".count)
    guard let block = blocks[String(stem)] else { return try origin!.read(name) }
    if isOfDecoder || name.hasPrefix("weights/") { return Safetensors.encode([("", block.weights)], metadata: [:]) }
    guard let moments = block.moments else { return try origin!.read(name) }
    return Safetensors.encode(
      [("first.", moments.first), ("second.", moments.second)], metadata: ["steps": "\(block.steps)"])
  }
}
