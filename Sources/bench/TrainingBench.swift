import ArgumentParser
import Layers
import Randomness
import Supernets

/// Training steps of single architectures: `bench training`. Prints median milliseconds a step; Peers/training_peer.py
/// does the same work in PyTorch.
struct TrainingBench: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "training", abstract: "Median time of pretraining and fine-tuning steps.")

  @Option(help: "Architectures, as kind and widths: cnn:64,64,64.") var path: [String] = [
    "cnn:64,64,64", "cnn:128,128,128", "transformer:64,64,64", "transformer:128,128,128",
  ]
  @Option var batch = 64
  @Option var length = 128
  @Option var vocabulary = 4101
  @Option var steps = 15
  @Option var threads = 2

  func run() throws {
    for text in path {
      let parts = text.split(separator: ":")
      let widths = parts[1].split(separator: ",").map { Int($0)! }
      let module = Module(rawValue: String(parts[0]))!
      let architecture = Architecture(layers: widths.map { Layer(module: module, width: $0) })
      print("pretrain \(text) \(try pretrain(architecture))")
      print("finetune \(text) \(try fineTune(architecture))")
    }
  }

  private func pretrain(_ architecture: Architecture) throws -> String {
    var options = PretrainOptions()
    options.threads = threads
    let trainer = try Pretrainer(architectures: [architecture], vocabulary: vocabulary, options: options)
    let random = Philox(seed: 1, stream: .synthesis)
    let ids = (0..<batch * length).map { Int32(5 + random.integer(below: vocabulary - 5, $0)) }
    let tokens = TokenBatch(ids: ids, lengths: [Int](repeating: length, count: batch))
    var times: [Double] = []
    try trainer.train(until: steps + 3, from: TokenFunction { _ in tokens }, report: { times.append($0.seconds) })
    return summary(times)
  }

  private func fineTune(_ architecture: Architecture) throws -> String {
    var options = FineTuneOptions()
    options.threads = threads
    options.batchSize = batch
    let random = Philox(seed: 1, stream: .synthesis)
    let count = batch * (steps + 3)
    let ids = (0..<count * length).map { Int32(5 + random.integer(below: vocabulary - 5, $0)) }
    let tokens = TokenBatch(ids: ids, lengths: [Int](repeating: length, count: count))
    let data = LabelledTokens(tokens: tokens, labels: (0..<count).map { Int32($0 % 2) })
    let hold = LabelledTokens(tokens: tokens.selecting(0..<2), labels: [0, 1])
    let description = SupernetDescription(
      vocabulary: vocabulary, architectures: [architecture], causal: false, seed: 0)
    let tuner = try FineTuner(architecture, description: description, options: options)
    var times: [Double] = []
    try tuner.train(epochs: 1, on: data, holdOut: hold, report: { times.append($0.seconds) })
    return summary(times)
  }

  private func summary(_ times: [Double]) -> String {
    let sorted = times.dropFirst(3).sorted()
    let median = sorted[sorted.count / 2]
    let tokens = Int(Double(batch * length) / median)
    return "\((median * 1e5).rounded() / 100) ms  \(tokens) tokens/s  (best \((sorted[0] * 1e5).rounded() / 100) ms)"
  }
}
