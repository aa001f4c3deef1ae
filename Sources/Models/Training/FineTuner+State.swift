import JSON
package import Networks
import Tensors

// The best epoch's weights beside the newest, and both in a checkpoint.
extension FineTuner {
  private static let cursorFile = "state/cursor.json"

  func keepBest() {
    let scored = mean ?? path.blocks.map(\.weights)
    let kept = best ?? copies()
    for (copy, weights) in zip(kept, scored) { copy.copy(from: weights) }
    best = kept
  }

  /// The weights of now, block by block.
  func copies() -> [ParameterBuffer] {
    path.blocks.map { block in
      let copy = ParameterBuffer(block.weights.layout)
      copy.copy(from: block.weights)
      return copy
    }
  }

  /// The weights of the best epoch, or of now where none was scored, and of the head, as a `TaskNetwork` reads them.
  package var model: Checkpoint {
    let weights = best ?? mean ?? path.blocks.map(\.weights)
    let names = path.blocks.map { Supernet.weightsFile($0.name) }
    return Checkpoint(names: (names + [SupernetDescription.fileName]).sorted()) { [supernet] name in
      guard let index = names.firstIndex(of: name) else { return supernet.description.bytes }
      return Safetensors.encode([("", weights[index])], metadata: [:])
    }
  }

  func withWeights<Result>(_ weights: [ParameterBuffer], _ body: () -> Result) -> Result {
    func swap() { for (copy, block) in zip(weights, path.blocks) { copy.exchange(with: block.weights) } }
    swap()
    defer { swap() }
    return body()
  }

  /// Copies of the path's blocks beside the newest, by the folder of their files.
  private var copiesByFolder: [(folder: String, copies: [ParameterBuffer])] {
    [("best", best), ("mean", mean)].compactMap { folder, copies in copies.map { (folder, $0) } }
  }

  /// Files of the path's blocks, of the best epoch's (`best/`), of the mean's (`mean/`), and the cursor.
  package var state: Checkpoint {
    let kept = copiesByFolder.flatMap { folder, _ in path.blocks.map { Self.file($0.name, in: folder) } }
    return Checkpoint(names: (supernet.checkpointNames(of: path) + kept + [Self.cursorFile]).sorted(), read: bytes)
  }

  private func bytes(_ name: String) throws -> [UInt8] {
    if name == Self.cursorFile {
      let scores = epochs.map { JSON.array([$0.loss, $0.score].map(Self.json)) }
      let cursor = JSON.sorted(["format": .int(2), "step": .int(step), "epochs": .array(scores)])
      return Array((cursor.line + "\n").utf8)
    }
    for (folder, copies) in copiesByFolder {
      guard let index = path.blocks.firstIndex(where: { Self.file($0.name, in: folder) == name }) else { continue }
      return Safetensors.encode([("", copies[index])], metadata: [:])
    }
    return try supernet.checkpointBytes(name)
  }

  private static func file(_ block: String, in folder: String) -> String { "\(folder)/\(block).safetensors" }

  func restore(_ state: Checkpoint) throws {
    let bytes = try state.read(Self.cursorFile)
    let cursor = try? JSON(parsing: bytes)
    guard let format = cursor?["format"]?.int, let step = cursor?["step"]?.int, let scores = cursor?["epochs"]?.array
    else { throw ModelError.badCheckpoint(file: Self.cursorFile, reason: "not a cursor") }
    guard (1...2).contains(format) else {
      throw ModelError.badCheckpoint(file: Self.cursorFile, reason: "a cursor of the format \(format)")
    }
    self.step = step
    epochs = try scores.map {
      guard let numbers = Self.numbers($0, format: format), numbers.count == 2 else {
        throw ModelError.badCheckpoint(file: Self.cursorFile, reason: "a score that is not two numbers")
      }
      return EpochScore(loss: numbers[0], score: numbers[1])
    }
    if !epochs.isEmpty { best = try copies(in: "best", of: state) }
    if setup.averaging > 0, step > 0 { mean = try copies(in: "mean", of: state) }
  }

  private func copies(in folder: String, of state: Checkpoint) throws -> [ParameterBuffer] {
    try path.blocks.map { block in
      let (name, copy) = (Self.file(block.name, in: folder), ParameterBuffer(block.weights.layout))
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
