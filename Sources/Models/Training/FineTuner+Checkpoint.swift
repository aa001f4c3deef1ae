import JSON
import Tensors

// The best epoch's weights beside the newest, and both in a checkpoint.
extension FineTuner {
  static let cursorFile = "state/cursor.json"

  func keepBest() {
    let kept = best ?? path.blocks.map { ParameterBuffer($0.weights.layout) }
    for (copy, block) in zip(kept, path.blocks) { copy.copy(from: block.weights) }
    best = kept
  }

  func withWeights<Result>(_ weights: [ParameterBuffer], _ body: () -> Result) -> Result {
    func swap() { for (copy, block) in zip(weights, path.blocks) { copy.exchange(with: block.weights) } }
    swap()
    defer { swap() }
    return body()
  }

  /// The whole state in memory: the path's blocks, the best epoch's (`best/`), and the cursor.
  package func checkpoint() throws -> [CheckpointFile] {
    var files = try supernet.checkpointNames(of: path).map {
      CheckpointFile(name: $0, bytes: try supernet.checkpointBytes($0))
    }
    for (block, copy) in zip(path.blocks, best ?? []) {
      files.append(
        CheckpointFile(
          name: "best/\(block.name).safetensors", bytes: Safetensors.encode([("", copy)], metadata: [:])))
    }
    let scores = epochs.map { score in
      JSON.array([score.loss, score.score].map { .int(Int(Int64(bitPattern: $0.bitPattern))) })
    }
    let cursor = JSON.sorted(["format": .int(1), "step": .int(step), "epochs": .array(scores)])
    files.append(CheckpointFile(name: Self.cursorFile, bytes: Array((cursor.line + "\n").utf8)))
    return files.sorted { $0.name < $1.name }
  }

  func restore(_ checkpoint: Checkpoint) throws {
    let bytes = try checkpoint.read(Self.cursorFile)
    let cursor = try? JSON(parsing: bytes)
    guard cursor?["format"]?.int == 1, let step = cursor?["step"]?.int, let scores = cursor?["epochs"]?.array
    else { throw TrainingError.badCheckpoint(file: Self.cursorFile, reason: "not a cursor of format 1") }
    self.step = step
    epochs = try scores.map {
      guard let bits = $0.ints, bits.count == 2 else {
        throw TrainingError.badCheckpoint(file: Self.cursorFile, reason: "a score that is not two numbers")
      }
      let numbers = bits.map { Double(bitPattern: UInt64(bitPattern: Int64($0))) }
      return EpochScore(loss: numbers[0], score: numbers[1])
    }
    if epochs.isEmpty { return }
    best = try path.blocks.map { block in
      let (name, copy) = ("best/\(block.name).safetensors", ParameterBuffer(block.weights.layout))
      _ = try Safetensors.decode(try checkpoint.read(name), file: name, into: [("", copy)])
      return copy
    }
  }
}
