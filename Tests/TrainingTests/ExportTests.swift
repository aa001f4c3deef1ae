import Blocks
import Foundation
import Spaces
import Tensors
import TestSupport
import Testing

@testable import Training

/// A Python that can import torch.
enum TorchPython {
  static let program = Python.program(importing: "torch")
  static let skip: Comment = "needs Python with torch: set BIOARC_PYTHON, or have it in PATH as python3"
}

@Suite struct ExportTests {

  private func trained(
    _ architecture: Architecture, causal: Bool, positions: Positions = .none
  ) throws -> Pretrainer {
    var setup = Fixtures.pretraining([architecture])
    setup.positions = positions
    if causal { setup.objective = NextTokenPrediction() }
    setup.options.optimizer = AdamW(rate: 1e-2)
    let trainer = try Pretrainer(setup)
    try trainer.train(until: 5)
    return trainer
  }

  private var architectures: [Architecture] {
    let layer = { (kind: BlockKind, width: Int, options: [String: Int]) in
      Layer(kind, width: width, options: options)
    }
    return [
      Architecture(layers: [layer(.cnn, 16, ["dilation": 2]), layer(.cnn, 32, ["groups": 4])]),
      Architecture(layers: [layer(.cnn, 16, ["groups": 16])]),
      Architecture(layers: [layer(.lstm, 16, [:]), layer(.lstm, 32, [:])]),
      Architecture(layers: [layer(.transformer, 16, [:]), layer(.transformer, 64, ["heads": 2])]),
      Architecture(layers: [layer(.mamba, 16, [:]), layer(.mamba, 32, ["state": 8])]),
      Architecture(layers: [layer(.hyena, 16, [:]), layer(.hyena, 32, ["length": 64])]),
      Architecture(layers: [
        layer(.hyena, 16, [:]), layer(.lstm, 16, [:]), layer(.mamba, 32, [:]), layer(.transformer, 32, [:]),
        layer(.cnn, 32, [:]),
      ]),
    ]
  }

  /// Plain PyTorch loads the folder and gives the same logits.
  @Test(.enabled(if: TorchPython.program != nil, TorchPython.skip), arguments: [false, true])
  func `PyTorch gives the same logits for an exported model`(causal: Bool) throws {
    for (number, architecture) in architectures.enumerated() {
      let positions = [Positions.none, .learned(64), .sinusoidal][number % 3]
      let trainer = try trained(architecture, causal: causal, positions: positions)
      let folder = FileManager.default.temporaryDirectory.appendingPathComponent("export-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(at: folder) }
      for file in try PyTorchExport.files(architecture, of: Checkpoint(try trainer.checkpoint())) {
        try Data(file.bytes).write(to: folder.appendingPathComponent(file.name))
      }
      let (count, length) = (3, 37)
      let ids = (0..<count * length).map { Int32(5 + $0 * $0 % 7) }
      let script = """
        import sys, torch
        sys.path.insert(0, sys.argv[1])
        import model
        ids = torch.tensor([int(word) for word in sys.argv[2].split()]).view(\(count), \(length))
        with torch.no_grad():
            print(*model.load()(ids).flatten().tolist())
        """
      let output = try Python.run(
        TorchPython.program!, ["-c", script, folder.path, ids.map(String.init).joined(separator: " ")])
      let text = String(decoding: output, as: UTF8.self)
      let theirs = text.split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
      let path = try trainer.supernet.path(architecture, head: .tokens)
      let tape = Tape()
      tape.begin(lengths: [Int](repeating: length, count: count), training: false)
      let rows = (0..<Int32(ids.count)).map { $0 }
      let ours = tape.array(path.tokenLogits(ids[...], rows: rows, on: tape))
      #expect(theirs.count == ours.count, "\(architecture.id)")
      let worst = zip(ours, theirs).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? .infinity
      #expect(worst < 1e-4, "\(architecture.id) causal \(causal): \(worst)")
    }
  }

  @Test func `the only architecture is found and another refused`() throws {
    for architecture in architectures {
      let checkpoint = Checkpoint(try trained(architecture, causal: false).checkpoint())
      #expect(PyTorchExport.onlyArchitecture(of: checkpoint) == architecture)
      #expect(throws: TrainingError.self) {
        try PyTorchExport.files(Fixtures.architecture([(.cnn, 16), (.cnn, 24)]), of: checkpoint)
      }
    }
  }
}
