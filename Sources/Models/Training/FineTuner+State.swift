import JSON
import Tensors

// The best epoch's weights beside the newest, and both in a checkpoint.
extension FineTuner {
  private static let cursorFile = "state/cursor.json"

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

  /// Files of the path's blocks, of the best epoch's (`best/`), and the cursor.
  package var state: Checkpoint {
    let kept = best == nil ? [] : path.blocks.map { Self.bestFile($0.name) }
    return Checkpoint(names: (supernet.checkpointNames(of: path) + kept + [Self.cursorFile]).sorted(), read: bytes)
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    if name == Self.cursorFile {
      let scores = epochs.map { JSON.array([$0.loss, $0.score].map(Self.json)) }
      let cursor = JSON.sorted(["format": .int(2), "step": .int(step), "epochs": .array(scores)])
      return Array((cursor.line + "\n").utf8)
    }
    if let best, let index = path.blocks.firstIndex(where: { Self.bestFile($0.name) == name }) {
      return Safetensors.encode([("", best[index])], metadata: [:])
    }
    return try supernet.checkpointBytes(name)
  }

  private static func bestFile(_ block: String) -> String { "best/\(block).safetensors" }

  func restore(_ state: Checkpoint) throws {
    let bytes = try state.read(Self.cursorFile)
    let cursor = try? JSON(parsing: bytes)
    guard let format = cursor?["format"]?.int, let step = cursor?["step"]?.int, let scores = cursor?["epochs"]?.array
    else { throw TrainingError.badCheckpoint(file: Self.cursorFile, reason: "not a cursor") }
    guard (1...2).contains(format) else {
      throw TrainingError.badCheckpoint(file: Self.cursorFile, reason: "a cursor of the format \(format)")
    }
    self.step = step
    epochs = try scores.map {
      guard let numbers = Self.numbers($0, format: format), numbers.count == 2 else {
        throw TrainingError.badCheckpoint(file: Self.cursorFile, reason: "a score that is not two numbers")
      }
      return EpochScore(loss: numbers[0], score: numbers[1])
    }
    if epochs.isEmpty { return }
    best = try path.blocks.map { block in
      let (name, copy) = (Self.bestFile(block.name), ParameterBuffer(block.weights.layout))
      _ = try Safetensors.decode(try state.read(name), file: name, into: [("", copy)])
      return copy
    }
  }

  /// A loss beyond all numbers is written as `inf`, which JSON has no number for.
  private static func json(_ number: Double) -> JSON { number.isFinite ? .double(number) : .string("\(number)") }

  /// The numbers of an epoch. Format 1 wrote the bits of each as an integer.
  private static func numbers(_ json: JSON, format: Int) -> [Double]? {
    if format == 1 { return json.ints?.map { Double(bitPattern: UInt64(bitPattern: Int64($0))) } }
    return json.array?.compactMap { $0.number ?? $0.string.flatMap(Double.init) }
  }
}
