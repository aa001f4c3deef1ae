import Blocks
import JSON
package import Spaces

/// One architecture's weights as a folder that plain PyTorch loads: `model.safetensors`, `config.json` and `model.py`.
package enum PyTorchExport {
  /// The files of the folder. Throws `ModelError.badInput` for blocks that the checkpoint does not hold.
  /// - Parameter task: the head of a fine-tuned model; nil: that which names tokens, where there is one.
  package static func files(
    _ architecture: Architecture, of checkpoint: Checkpoint, task: TaskHead? = nil
  ) throws -> [CheckpointFile] {
    let description = try SupernetDescription(checkpoint)
    let supernet = Supernet(description, origin: checkpoint)
    let path = try supernet.path(architecture, head: task.map(PathHead.task) ?? .tokens)
    // Weights of a contrast have no token head.
    let hasHead = checkpoint.names.contains(Supernet.weightsFile(path.head.block.name))
    let needed = path.blocks.filter { $0 !== path.head.block }
    let missing = needed.map { Supernet.weightsFile($0.name) }.filter { !checkpoint.names.contains($0) }
    guard missing.isEmpty else {
      throw ModelError.badInput(
        "these weights have no trained block \(missing.joined(separator: ", ")): is the architecture one of its space?")
    }
    var buffers = [("embedding.", path.embedding.block.weights)]
    if let positions = path.positions { buffers.append(("positions.", positions.block.weights)) }
    if let gate = path.gate { buffers.append(("gate.embedding.", gate.block.weights)) }
    for (number, layer) in path.layers.enumerated() { buffers.append(("blocks.\(number).", layer.block.weights)) }
    buffers.append(("", path.norm.block.weights))
    if hasHead { buffers.append(("", path.head.block.weights)) }
    let blocks = architecture.blocks(embeddingWidth: description.embedding.width).map { block in
      JSON.sorted([
        "module": .string(block.layer.kind.name), "in": .int(block.inputWidth), "out": .int(block.layer.width),
        "options": .sorted(options(block.layer)),
      ])
    }
    let head = task.map { task in
      JSON.sorted([
        "outputs": .int(task.labels.outputs), "by_token": .bool(task.isOfTokens),
        "pooling": .string(task.pooling.rawValue), "length": .int(task.length), "paired": .bool(task.isPaired),
        "strands": .int(task.strands),
      ])
    }
    let config = JSON.sorted([
      "format": .int(1), "architecture": .string(architecture.id), "vocabulary": .int(description.vocabulary),
      "causal": .bool(description.causal), "positions": .string(description.positions.name),
      "position_count": description.positions.count.map(JSON.int) ?? .null, "blocks": .array(blocks),
      "stem": .int(description.embedding.stem), "head": head ?? .null,
    ])
    return [
      CheckpointFile(name: "config.json", bytes: Array((config.line + "\n").utf8)),
      CheckpointFile(name: "model.py", bytes: Array(PyTorchModule.text(Set(architecture.layers.map(\.kind))).utf8)),
      CheckpointFile(name: "model.safetensors", bytes: Safetensors.encode(buffers, metadata: [:])),
    ]
  }

  /// Every option of a layer by name: a number, or the name of a value.
  private static func options(_ layer: Layer) -> [String: JSON] {
    var options: [String: JSON] = [:]
    for option in layer.kind.options {
      let value = layer[option.name]
      options[option.name] = option.names.isEmpty ? .int(value) : .string(option.text(value))
    }
    return options
  }

  /// The architecture that uses all blocks of a checkpoint, or nil when there are several at some position. Paths that
  /// begin alike are not told apart: it is for weights that are known to be of one architecture.
  package static func onlyArchitecture(of checkpoint: Checkpoint) -> Architecture? {
    var layers: [Layer] = []
    let blocks = checkpoint.names.filter { $0.hasPrefix("weights/") && $0.hasSuffix(".safetensors") }.map {
      $0.dropFirst("weights/".count).dropLast(".safetensors".count)
    }
    let placed = blocks.compactMap { name -> (Int, Substring)? in
      let parts = name.split(separator: ".", maxSplits: 1)
      return parts.count == 2 ? Int(parts[0]).map { ($0, parts[1]) } : nil
    }.sorted { $0.0 < $1.0 }
    for (number, (position, name)) in placed.enumerated() {
      // As transformer.64-128+heads4, the name of BlockShape.
      let parts = name.split(separator: ".")
      guard position == number, parts.count == 2, let kind = BlockKind(named: String(parts[0])) else { return nil }
      let fields = parts[1].split(separator: "+").filter { !$0.hasPrefix(BlockShape.gateField) }
      guard let width = fields[0].split(separator: "-").last.flatMap({ Int($0) }) else { return nil }
      var options: [String: Int] = [:]
      for field in fields.dropFirst() {
        let key = field.prefix { !$0.isNumber && $0 != "-" }
        guard let value = Int(field[key.endIndex...]) else { return nil }
        options[String(key)] = value
      }
      layers.append(Layer(kind, width: width, options: options))
    }
    guard !layers.isEmpty, let embedding = try? SupernetDescription(checkpoint).embedding else { return nil }
    return Architecture(
      layers: layers, embedding: embedding == Embedding(widths: layers.map(\.width)) ? nil : embedding)
  }
}
