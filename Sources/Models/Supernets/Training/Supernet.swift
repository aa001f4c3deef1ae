package import Layers
import Tensors

extension BlockShape {
  /// The block of a layer of an architecture, after a layer of `hIn` features. Throws `BlockError`.
  package init(layer: Layer, hIn: Int, causal: Bool) throws {
    let kind = BlockKind(rawValue: layer.module.rawValue)!
    try self.init(kind: kind, hIn: hIn, hOut: layer.width, options: layer.options, causal: causal)
  }
}

/// Shared weights: one block per (position, module, h_in, h_out, options), an embedding, and per output width a final
/// norm and a head. A block comes into being when a path first uses it: from the checkpoint, else from (seed, name).
package final class Supernet {
  package let description: SupernetDescription
  private let origin: Checkpoint?
  /// By name; only blocks that have been used.
  private var blocks: [String: Block] = [:]

  /// `origin`: where blocks that it names are read from, moments and step counts too when it has them.
  package init(_ description: SupernetDescription, origin: Checkpoint? = nil) {
    self.description = description
    self.origin = origin
  }

  /// The blocks of one path, made on first use. A head that is not in the checkpoint follows from
  /// `headSeed`, by default the supernet's seed. Throws `BlockError` and `TrainingError.badCheckpoint`.
  package func path(_ architecture: Architecture, head: PathHead, headSeed: Int? = nil) throws -> Path {
    var layers: [(BlockShape, Block)] = []
    var width = description.embeddingWidth
    for (position, layer) in architecture.layers.enumerated() {
      let shape = try BlockShape(layer: layer, hIn: width, causal: description.causal)
      layers.append((shape, try block("\(position).\(shape.name)", shape.layout)))
      width = layer.width
    }
    var table = ParameterLayout()
    table.add("weight", [description.vocabulary, description.embeddingWidth], decays: true, .uniform(limit: 0.5))
    var norm = ParameterLayout()
    norm.addNorm("norm", width)
    return Path(
      embedding: try block("embedding", table), layers: layers, norm: try block("norm.\(width)", norm),
      head: try block(head.name(width), head.layout(description, width: width), seed: headSeed))
  }

  /// The names of all blocks that paths of these architectures have. Throws `BlockError`.
  static func blockNames(
    _ architectures: [Architecture], head: PathHead, _ description: SupernetDescription
  ) throws -> Set<String> {
    var names: Set = ["embedding"]
    for architecture in architectures {
      var width = description.embeddingWidth
      for (position, layer) in architecture.layers.enumerated() {
        let shape = try BlockShape(layer: layer, hIn: width, causal: description.causal)
        names.insert("\(position).\(shape.name)")
        width = layer.width
      }
      names.formUnion(["norm.\(width)", head.name(width)])
    }
    return names
  }

  /// The block of a name: in use, from the checkpoint, or new.
  private func block(_ name: String, _ layout: ParameterLayout, seed: Int? = nil) throws -> Block {
    if let block = blocks[name] { return block }
    let initializer = Initializer(seed: seed ?? description.seed)
    let made = try stored(name, layout) ?? Block(name: name, weights: initializer.weights(layout, block: name))
    blocks[name] = made
    return made
  }

  private func stored(_ name: String, _ layout: ParameterLayout) throws -> Block? {
    let (file, stateFile) = (Self.weightsFile(name), Self.stateFile(name))
    guard let origin, let bytes = try origin.bytes(ifPresent: file) else { return nil }
    let weights = ParameterBuffer(layout)
    _ = try Safetensors.decode(bytes, file: file, into: [("", weights)])
    guard let state = try origin.bytes(ifPresent: stateFile) else { return Block(name: name, weights: weights) }
    let moments = (ParameterBuffer(layout), ParameterBuffer(layout))
    let metadata = try Safetensors.decode(
      state, file: stateFile, into: [("first.", moments.0), ("second.", moments.1)])
    guard let steps = metadata["steps"].flatMap({ Int($0) }) else {
      throw TrainingError.badCheckpoint(file: stateFile, reason: "no step count")
    }
    return Block(name: name, weights: weights, moments: moments, steps: steps)
  }

  static func weightsFile(_ block: String) -> String { "weights/\(block).safetensors" }
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
  func checkpointNames(of path: Path) -> [String] {
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

/// What ends a path.
package enum PathHead: Hashable, Sendable {
  /// A score per token of the vocabulary, at rows of the sequence; shared by all paths of one output width.
  case tokens
  /// What a fine-tune predicts.
  case task(TaskHead)
  /// Two layers from the mean over the sequence to that many features, for a contrast.
  case projection(Int)

  func layout(_ description: SupernetDescription, width: Int) -> ParameterLayout {
    var layout = ParameterLayout()
    switch self {
    case .tokens: layout.addLinear("head", description.vocabulary, width)
    case .task(let head): layout.addLinear("head", head.labels.outputs, head.isPaired ? 4 * width : width)
    case .projection(let features):
      layout.addLinear("hidden", width, width)
      layout.addLinear("output", features, width)
    }
    return layout
  }
  func name(_ width: Int) -> String {
    switch self {
    case .tokens: "head.\(width)"
    case .task: "classifier.\(width)"
    case .projection(let features): "projection.\(width)-\(features)"
    }
  }
}
