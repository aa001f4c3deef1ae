import Blocks

extension Checkpoint {
  /// The weights of these blocks alone, as far as there are any. A block that has none takes those of the one block
  /// that differs from it in nothing but options which fit it to a run, as a Hyena block for sequences of another
  /// length.
  package func weights(of blocks: Set<String>) -> Checkpoint {
    let present = Set(names)
    var families: [String: [String]] = [:]
    for name in names.sorted() {
      guard let block = Supernet.block(ofWeights: name) else { continue }
      families[BlockShape.family(block), default: []].append(name)
    }
    var sources: [String: String] = [:]
    for block in blocks {
      let file = Supernet.weightsFile(block)
      if present.contains(file) {
        sources[file] = file
      } else if let kin = families[BlockShape.family(block)], kin.count == 1 {
        sources[file] = kin[0]
      }
    }
    return Checkpoint(names: sources.keys.sorted()) { [sources] name in
      guard let source = sources[name] else { throw ModelError.badCheckpoint(file: name, reason: "missing") }
      return try read(source)
    }
  }
}
