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
    if let problem = architecture.problem(causal: description.causal) { throw problem }
    let width = description.outputWidth(architecture)
    return Path(
      embedding: try part("embedding") {
        $0.tensor(
          "weight", [description.vocabulary, description.embeddingWidth], decays: true, .uniform(limit: 0.5))
      },
      positions: try description.positions.count.map { count in
        try part("positions") {
          $0.tensor("weight", [count, description.embeddingWidth], decays: true, .uniform(limit: 0.5))
        }
      }, hasSinusoids: description.positions == .sinusoidal,
      layers: try architecture.blocks(embeddingWidth: description.embeddingWidth).map { block in
        try part(block.name, block.shape(causal: description.causal).block)
      },
      norm: try part("norm.\(width)") { $0.norm("norm", width) },
      head: try part(head.name(width), seed: headSeed) { head.tensors(description, width: width, &$0) })
  }

  /// The names of all blocks that paths of these architectures have. Throws `BlockProblem`.
  package static func blockNames(
    _ architectures: [Architecture], head: PathHead, _ description: SupernetDescription
  ) throws -> Set<String> {
    var names: Set = ["embedding"]
    if description.positions.count != nil { names.insert("positions") }
    for architecture in architectures {
      if let problem = architecture.problem(causal: description.causal) { throw problem }
      let width = description.outputWidth(architecture)
      names.formUnion(architecture.blocks(embeddingWidth: description.embeddingWidth).map(\.name))
      names.formUnion(["norm.\(width)", head.name(width)])
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

  package static func weightsFile(_ block: String) -> String { "weights/\(block).safetensors" }

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
    let stem = name.split(separator: "/", maxSplits: 1)[1].dropLast(".safetensors".count)
    guard let block = blocks[String(stem)] else { return try origin!.read(name) }
    if name.hasPrefix("weights/") { return Safetensors.encode([("", block.weights)], metadata: [:]) }
    guard let moments = block.moments else { return try origin!.read(name) }
    return Safetensors.encode(
      [("first.", moments.first), ("second.", moments.second)], metadata: ["steps": "\(block.steps)"])
  }
}
