import Blocks
import Foundation
import Spaces
import Tensors
import TestSupport
import Testing
import Tokens

@testable import Networks
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
      Architecture(
        layers: [
          layer(.gated, 16, ["kernel": 3]), layer(.cnn, 24, ["mlp": 2]),
          layer(.gated, 24, ["dilation": 2, "kernel": 5, "mlp": 4, "tail": 2]),
        ], embedding: Embedding(width: 20, stem: 5)),
      Architecture(layers: [
        layer(.gated, 16, [:]), layer(.pool, 16, ["factor": 3]), layer(.gated, 16, ["kernel": 3]),
        layer(.pool, 24, ["form": 1]), layer(.transformer, 24, ["mlp": 3, "norm": 1, "rope": 0, "window": 2]),
      ]),
      Architecture(layers: [
        layer(.hyena, 16, ["form": 1, "groups": 4, "mlp": 2, "modes": 3, "norm": 1]),
        layer(.hyena, 24, ["groups": 2, "norm": 1]), layer(.mamba, 24, ["mlp": 1, "norm": 0]),
        layer(.lstm, 24, ["inner": 10, "mlp": 1]),
        layer(.transformer, 24, ["mlp": 0, "rope": 100, "stretch": 2, "window": 5]),
      ]),
      Architecture(layers: [
        layer(.hyena, 16, [:]), layer(.lstm, 16, [:]), layer(.mamba, 32, [:]), layer(.transformer, 32, [:]),
        layer(.cnn, 32, [:]),
      ]),
    ]
  }

  /// Plain PyTorch gives the outputs of every head, pooling, pair and strand.
  @Test(
    .enabled(if: TorchPython.program != nil, TorchPython.skip), arguments: TaskHeadTests.cases,
    ["c16-t32", "g16(kernel=3)-p16(factor=3)-t32(norm=rms)-p32(form=max)"])
  func `PyTorch gives the same outputs for a fine-tuned model`(_ test: TaskHeadTests.Case, _ text: String) throws {
    let architecture = try Architecture(parsing: text)
    let description = SupernetDescription(
      vocabulary: 12, architectures: [architecture], positions: test.positions, causal: false, seed: 7)
    let data = Fixtures.task(
      test.head.labels, isPaired: test.head.isPaired, strands: test.strands.read, 60, seed: 1)
    var setup = FineTuneSetup(architecture, description: description, on: data, holdOut: data)
    (setup.head, setup.strands) = (test.head, test.strands)
    let tuner = try FineTuner(setup)
    try tuner.train(epochs: 1)
    // Sequences of one length, which a batch of PyTorch's has.
    let (rows, length) = (test.head.group * 3, 21)
    let ids = (0..<rows * length).map { Int32(5 + $0 * $0 % 7) }
    let tokens = PackedTokens(ids: ids, lengths: [Int](repeating: length, count: rows))
    let network = try TaskNetwork(architecture, head: test.head, of: tuner.model, half: false, threads: 2)
    let ours = try #require(try network.outputs(of: tokens))
    let files = try PyTorchExport.files(architecture, of: tuner.model, task: test.head)
    let theirs = try Self.outputs(files, ids, rows: rows, length: length)
    #expect(theirs.count == ours.count && !ours.isEmpty)
    for (a, b) in zip(ours, theirs) { #expect(abs(a - b) < 2e-5 * (1 + abs(b)), "\(a) \(b)") }
    // And the network is the tuner's, to the bit.
    #expect(try network.outputs(of: data.tokens) == tuner.evaluate(data))
  }

  /// The numbers that the exported module gives.
  private static func outputs(
    _ files: [CheckpointFile], _ ids: [Int32], rows: Int, length: Int,
    script body: String = "print(*model.load()(ids).flatten().tolist())"
  ) throws -> [Float] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("export-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in files { try Data(file.bytes).write(to: folder.appendingPathComponent(file.name)) }
    let head = """
      import sys, torch
      sys.path.insert(0, sys.argv[1])
      import model
      ids = torch.tensor([int(word) for word in sys.argv[2].split()]).view(\(rows), \(length))
      torch.set_grad_enabled(False)

      """
    let output = try Python.run(
      TorchPython.program!, ["-c", head + body, folder.path, ids.map(String.init).joined(separator: " ")])
    return String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
  }

  /// Plain PyTorch loads the folder and gives the same logits.
  @Test(.enabled(if: TorchPython.program != nil, TorchPython.skip), arguments: [false, true])
  func `PyTorch gives the same logits for an exported model`(causal: Bool) throws {
    for (number, architecture) in architectures.enumerated() where architecture.problem(causal: causal) == nil {
      let positions = [Positions.none, .learned(64), .sinusoidal][number % 3]
      let trainer = try trained(architecture, causal: causal, positions: positions)
      let (count, length) = (3, 37)
      let ids = (0..<count * length).map { Int32(5 + $0 * $0 % 7) }
      let files = try PyTorchExport.files(architecture, of: Checkpoint(try trainer.checkpoint()))
      let theirs = try Self.outputs(files, ids, rows: count, length: length)
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
      #expect(throws: ModelError.self) {
        try PyTorchExport.files(Fixtures.architecture([(.cnn, 16), (.cnn, 24)]), of: checkpoint)
      }
    }
  }

  /// ConvNova in the form of its paper, written anew: stems over one-hot letters, the second over the complement,
  /// blocks, feed-forward parts and the last maps. The gate's embedding here is that of the complement with its rows
  /// exchanged.
  @Test(.enabled(if: TorchPython.program != nil, TorchPython.skip))
  func `a preset's form of ConvNova is that of the paper`() throws {
    let text = "e16(stem=9)-g16(kernel=5,mlp=dense)-g16(dilation=4,kernel=5,mlp=dense,tail=2)"
    let architecture = try Architecture(parsing: text)
    let trainer = try trained(architecture, causal: false)
    let (count, length) = (2, 40)
    let ids = (0..<count * length).map { Int32(5 + $0 * $0 % 4) }
    let files = try PyTorchExport.files(architecture, of: Checkpoint(try trainer.checkpoint()))
    let theirs = try Self.outputs(files, ids, rows: count, length: length, script: Self.convNova)
    let path = try trainer.supernet.path(architecture, head: .tokens)
    let tape = Tape()
    tape.begin(lengths: [Int](repeating: length, count: count), training: false)
    let ours = tape.array(path.tokenLogits(ids[...], rows: (0..<Int32(ids.count)).map { $0 }, on: tape))
    #expect(theirs.count == ours.count && !ours.isEmpty)
    for (a, b) in zip(ours, theirs) { #expect(abs(a - b) < 1e-4 * (1 + abs(b)), "\(a) \(b)") }
  }

  private static let convNova = """
    import torch.nn.functional as F
    p = model.read(sys.argv[1] + "/model.safetensors")
    complement = torch.arange(12)
    complement[5:9] = torch.tensor([8, 7, 6, 5])

    def stem(ids, table, bias):
        letters = F.one_hot(ids, 12).float().transpose(1, 2)
        return F.gelu(F.conv1d(letters, table.permute(2, 0, 1), bias, padding=4)).transpose(1, 2)

    def norm(x, name):
        return F.layer_norm(x, x.shape[-1:], p[name + ".weight"], p[name + ".bias"])

    def linear(x, name):
        return F.linear(x, p[name + ".weight"], p[name + ".bias"])

    def conv(x, name, dilation):
        weight = p[name + ".weight"].permute(0, 2, 1)
        return F.conv1d(x.transpose(1, 2), weight, p[name + ".bias"], padding="same", dilation=dilation).transpose(1, 2)

    f = stem(ids, p["embedding.weight"], p["embedding.bias"])
    r = stem(complement[ids], p["gate.embedding.weight"][complement], p["gate.embedding.bias"])
    for number, dilation in enumerate([1, 4]):
        b = f"blocks.{number}."
        g = torch.sigmoid(conv(norm(r, b + "gate.norm"), b + "gate.convolution", dilation))
        c = F.gelu(conv(norm(f, b + "norm"), b + "convolution", dilation))
        f, r = c * g + f, g + r
        f = norm(F.gelu(linear(f, b + "mlp.inner")), b + "mlp.norm") + f
    m = norm(linear(F.gelu(linear(f, b + "tail.0")), b + "tail.1"), b + "tail.norm1")
    m = norm(linear(F.gelu(linear(m, b + "tail.2")), b + "tail.3"), b + "tail.norm2")
    f = norm(m + f, "norm")
    print(*linear(f, "head").flatten().tolist())
    """
}
