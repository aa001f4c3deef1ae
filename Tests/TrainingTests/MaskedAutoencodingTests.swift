import Blocks
import Foundation
import Ops
import Spaces
import Tensors
import TestSupport
import Testing
import Tokens

@testable import Networks
@testable import Training

@Suite struct MaskedAutoencodingTests {
  private static let architectures = [
    Fixtures.architecture([(.transformer, 16), (.transformer, 32)]),
    Fixtures.architecture([(.cnn, 16), (.hyena, 32)]), Fixtures.architecture([(.gated, 16), (.mamba, 32)]),
  ]

  private func setup(
    _ architectures: [Architecture] = architectures, _ objective: MaskedAutoencoding = MaskedAutoencoding(),
    threads: Int = 1
  ) -> PretrainSetup {
    var setup = Fixtures.pretraining(architectures)
    setup.objective = objective
    setup.positions = .learned(40)
    setup.options.threads = threads
    setup.options.optimizer = AdamW(rate: 3e-3, warmup: 10)
    return setup
  }

  private func task(_ batch: PackedTokens, _ objective: MaskedAutoencoding, step: Int = 0) throws -> PredictionTask {
    let trainer = try Pretrainer(setup())
    let path = try trainer.supernet.path(Self.architectures[0], head: objective.head)
    return objective.task(
      batch,
      in: ObjectiveSetting(
        path: path, shards: Shards(StepOptions()), step: step, seed: 1, vocabulary: 12, accumulate: 1))
  }

  /// round(share n) of the known tokens of every sequence, at least one and not all; special tokens are never hidden.
  @Test(arguments: [0.1, 0.5, 0.9]) func `a share of each sequence is hidden`(share: Double) throws {
    var batch = PackedTokens()
    for length in [0, 1, 2, 3, 10, 31] { batch.append((0..<length).map { Int32(5 + $0 % 7) }) }
    batch.append([1, 5, 6, 1, 7, 8])
    let task = try task(batch, MaskedAutoencoding(rate: share))
    for example in 0..<batch.count {
      let own = task.rows.filter { (batch.starts[example]..<batch.starts[example + 1]).contains(Int($0)) }
      let known = batch[example].count { $0 >= SpecialToken.count }
      let expected = known < 2 ? 0 : min(max(1, Int((share * Double(known)).rounded())), known - 1)
      #expect(own.count == expected, "of \(known)")
      #expect(own.allSatisfy { batch.ids[Int($0)] >= SpecialToken.count })
    }
    #expect(task.targets == task.rows.map { batch.ids[Int($0)] })
    #expect(task.rows.allSatisfy { task.inputs.ids[Int($0)] == SpecialToken.mask })
    #expect(task.hidden == HiddenLetters(hidden: task.rows.count, all: batch.ids.count { $0 >= SpecialToken.count }))
    #expect(try self.task(batch, MaskedAutoencoding(rate: share), step: 1).rows != task.rows)
  }

  /// The scores do not change when hidden tokens do, and those of the control do not either: there they are [MASK].
  @Test(arguments: architectures, [DecoderForm.balanced, .shallow, .layers(Fixtures.architecture([(.lstm, 8)]))])
  func `hidden tokens are not seen`(architecture: Architecture, decoder: DecoderForm) throws {
    let objective = MaskedAutoencoding(decoder: decoder)
    let trainer = try Pretrainer(setup([architecture], objective))
    let path = try trainer.supernet.path(architecture, head: objective.head)
    let hidden: [Int32] = [1, 2, 5, 8, 9]
    let visible = (0..<Int32(11)).filter { !hidden.contains($0) }
    func scores(_ ids: [Int32], _ visible: [Int32]?) -> [Float] {
      let tape = Tape()
      tape.begin(lengths: [7, 4], training: false)
      return tape.array(path.reconstruction(ids[...], visible: visible, asked: hidden, on: tape))
    }
    let ids: [Int32] = [5, 6, 7, 8, 9, 10, 11, 5, 7, 9, 11]
    var others = ids
    for row in hidden { others[Int(row)] = 6 }
    #expect(scores(ids, visible) == scores(others, visible))
    #expect(scores(ids, nil) != scores(others, nil))
    var changed = ids
    changed[3] = 11
    #expect(scores(ids, visible) != scores(changed, visible))
    // Places count: the same visible tokens elsewhere give other scores.
    let moved = [0, 1, 3, 4, 6, 7, 10].map(Int32.init)
    #expect(
      visible.count == 6
        && scores(ids, visible)
          != scores(ids, moved.filter { $0 != 10 })
    )
  }

  @Test(arguments: [false, true]) func `the encoder learns what a fine-tune reads, and the decoder is left`(
    isMasked: Bool
  ) throws {
    let objective = MaskedAutoencoding(isMasked: isMasked)
    let trainer = try Pretrainer(setup([Self.architectures[0]], objective, threads: 2))
    let held = (0..<8).map { EvaluationBatch(Fixtures.source(seed: 2)($0)) }
    let question = HeldOut.Question(Self.architectures[0], on: held)
    let before = try trainer.evaluate(question).loss
    try trainer.train(until: 300)
    let after = try trainer.evaluate(question).loss
    // Uniform guessing has 1.95 nats. A token's neighbours, where visible, tell it but for the noise.
    #expect(after < before - 0.3 && after < 1.6, "masked \(isMasked): \(before) to \(after)")
    let state = Checkpoint(try trainer.checkpoint())
    let weights = state.names.filter { $0.hasPrefix("weights/") }
    #expect(!weights.contains { $0.contains("decoder") } && state.names.contains { $0.contains("decoder") })
    #expect(weights.contains("weights/norm.32.safetensors"))
    var setup = FineTuneSetup(
      Self.architectures[0], description: try SupernetDescription(state), on: Fixtures.labelled(40, seed: 1),
      holdOut: nil)
    setup.weights = state
    let tuner = try FineTuner(setup)
    // All but the classifier, which is not counted.
    #expect(tuner.inherited.map { $0.total - $0.blocks } == 0)
  }

  @Test(arguments: [2, 3]) func `any number of threads gives the same bits, and an interrupt none other`(threads: Int)
    throws
  {
    let one = try Pretrainer(setup())
    try one.train(until: 8)
    let first = try Pretrainer(setup(threads: threads))
    try first.train(until: 5)
    let second = try Pretrainer(setup(threads: threads), from: Checkpoint(try first.checkpoint()))
    try second.train(until: 8)
    #expect(try one.checkpoint() == second.checkpoint())
  }

  /// A sequence of one known token has nothing to read beside; a batch of nothing else is trained on all the same.
  @Test func `a batch of single tokens has one that is hidden`() throws {
    var batch = PackedTokens()
    for id in [5, 6, 1] as [Int32] { batch.append([id]) }
    let task = try task(batch, MaskedAutoencoding())
    #expect(task.rows == [0] && task.targets == [5] && task.inputs.ids == [SpecialToken.mask, 6, 1])
    var setup = PretrainSetup([Self.architectures[0]], vocabulary: 12) { _ in batch }
    setup.objective = MaskedAutoencoding()
    let trainer = try Pretrainer(setup)
    try trainer.train(until: 3)
    #expect(trainer.step == 3)
  }

  @Test(arguments: [
    ("e16-c16", "a decoder has no embedding: it reads what the encoder made of the tokens"),
    ("c16-p16", "a masked autoencoder has no module 'pool': every hidden token is named at its own place"),
    ("g16(kernel=4)", "option kernel=4 of module 'gated': must be odd for a bidirectional convolution"),
  ]) func `decoders that cannot be are named`(text: String, message: String) throws {
    let decoder = DecoderForm.layers(try Architecture(parsing: text))
    let error = #expect(throws: BlockProblem.self) {
      _ = try Pretrainer(setup([Self.architectures[0]], MaskedAutoencoding(decoder: decoder)))
    }
    #expect(error?.description == message)
  }

  @Test(arguments: ["c16-p16-c16", "p16"]) func `poolings are refused`(text: String) throws {
    let pooled = try Architecture(parsing: text)
    let error = #expect(throws: BlockProblem.self) { _ = try Pretrainer(setup([pooled])) }
    #expect(error?.description.hasPrefix("a masked autoencoder has no module 'pool'") == true)
  }

  /// An autoencoder written anew in PyTorch, with rotary and learned positions, gives the same scores.
  @Test(.enabled(if: TorchPython.program != nil, TorchPython.skip))
  func `the scores are those of PyTorch`() throws {
    let architecture = try Architecture(parsing: "t16(heads=2)-t16(heads=2)")
    let objective = MaskedAutoencoding()
    let trainer = try Pretrainer(setup([architecture], objective))
    try trainer.train(until: 5)
    let ids: [Int32] = [5, 6, 7, 8, 9, 10, 11, 5, 7, 9, 11, 6]
    let hidden: [Int32] = [1, 2, 5, 8, 9, 11]
    let path = try trainer.supernet.path(architecture, head: objective.head)
    let tape = Tape()
    tape.begin(lengths: [ids.count], training: false)
    let visible = (0..<Int32(ids.count)).filter { !hidden.contains($0) }
    let ours = tape.array(path.reconstruction(ids[...], visible: visible, asked: hidden, on: tape))
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mae-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for file in try trainer.checkpoint() {
      let name = String(file.name.split(separator: "/")[1])
      let isWeights = file.name.hasPrefix("weights/") || name.hasSuffix(".weights.safetensors")
      if isWeights { try Data(file.bytes).write(to: folder.appendingPathComponent(name)) }
    }
    try Data(PyTorchModule.text([.transformer]).utf8).write(to: folder.appendingPathComponent("model.py"))
    let words = [ids, hidden].map { $0.map(String.init).joined(separator: " ") }
    let output = try Python.run(TorchPython.program!, ["-c", Self.script, folder.path] + words)
    let theirs = String(decoding: output, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Float($0) }
    #expect(theirs.count == ours.count && ours.count == hidden.count * 12)
    for (a, b) in zip(ours, theirs) { #expect(abs(a - b) < 1e-4 * (1 + abs(b)), "\(a) \(b)") }
  }

  private static let script = """
    import sys, torch
    import torch.nn.functional as F
    folder = sys.argv[1]
    sys.path.insert(0, folder)
    import model
    torch.set_grad_enabled(False)
    ids, hidden = (torch.tensor([int(word) for word in words.split()]) for words in sys.argv[2:4])
    read = lambda name: model.read(f"{folder}/{name}.safetensors")
    places = torch.arange(len(ids))
    visible = torch.tensor([place for place in range(len(ids)) if place not in set(hidden.tolist())])

    def layer(x, p, places):
        n, h = F.layer_norm(x, (16,), p["norm1.weight"], p["norm1.bias"]), 2
        q, k, v = F.linear(n, p["qkv.weight"], p["qkv.bias"]).view(len(x), 3, h, 8).permute(1, 2, 0, 3)
        angle = places[:, None] * 10_000.0 ** (-torch.arange(4) / 4)

        def turn(z):
            low, high = z[..., :4], z[..., 4:]
            return torch.cat([low * angle.cos() - high * angle.sin(), high * angle.cos() + low * angle.sin()], -1)

        y = ((turn(q) @ turn(k).transpose(1, 2)) / 8 ** 0.5).softmax(-1) @ v
        x = x + F.linear(y.permute(1, 0, 2).reshape(len(x), 16), p["output.weight"], p["output.bias"])
        n = F.layer_norm(x, (16,), p["norm2.weight"], p["norm2.bias"])
        return x + F.linear(F.gelu(F.linear(n, p["inner.weight"], p["inner.bias"])), p["outer.weight"], p["outer.bias"])

    names = [f"{number}.transformer.16-16+heads2" for number in range(2)]
    x = (read("embedding")["weight"][ids] + read("positions")["weight"][places])[visible]
    for name in names:
        x = layer(x, read(name), visible)
    p = read("norm.16")
    x = F.layer_norm(x, (16,), p["norm.weight"], p["norm.bias"])
    p = read("decoder.entry.16-16.weights")
    full = p["hidden"].repeat(len(ids), 1)
    full[visible] = F.linear(x, p["map.weight"], p["map.bias"])
    x = full + read("decoder.positions.16.weights")["weight"][places]
    for name in names:
        x = layer(x, read(f"decoder.{name}.weights"), places)
    p = read("decoder.norm.16.weights")
    x = F.layer_norm(x[hidden], (16,), p["norm.weight"], p["norm.bias"])
    p = read("decoder.head.16.weights")
    print(*F.linear(x, p["head.weight"], p["head.bias"]).flatten().tolist())
    """
}
