import Blocks
import Glibc
import Networks
import Randomness
import Spaces
import System
import Tensors
import Tokens
import Training

/// One piece of training work that we and the peer can both do.
struct TrainingWork: Encodable {
  enum Kind: String, Encodable {
    /// A pretraining step: forward, backward, AdamW.
    case step
    /// A fine-tuning step, with the stage's default dropout.
    case classify
    /// Forward and backward of one block on random features.
    case block
  }

  var work: Kind
  var path: Architecture
  var batch = 64
  var length = 128
  var vocabulary = 4101
  var threads = 2
  var precision = "fp32"
  var compiled = false
  var causal = false

  var name: String {
    "\(work.rawValue) \(path.id)\(causal ? " causal" : "") \(batch) x \(length) \(precision) \(threads) threads"
  }

  private enum Keys: String, CodingKey {
    case work, path, batch, length, vocabulary, threads, precision, compiled, causal
  }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Keys.self)
    try fields.encode(work, forKey: .work)
    var layers = fields.nestedUnkeyedContainer(forKey: .path)
    for layer in path.layers {
      var pair = layers.nestedUnkeyedContainer()
      try pair.encode(layer.kind.name)
      try pair.encode(layer.width)
      try pair.encode(layer.options)
    }
    try fields.encode(batch, forKey: .batch)
    try fields.encode(length, forKey: .length)
    try fields.encode(vocabulary, forKey: .vocabulary)
    try fields.encode(threads, forKey: .threads)
    try fields.encode(precision, forKey: .precision)
    try fields.encode(compiled, forKey: .compiled)
    try fields.encode(causal, forKey: .causal)
  }

  /// Random tokens, none of them special.
  private func tokens(_ count: Int) -> PackedTokens {
    let random = Philox(seed: 1, stream: .synthesis)
    let ids = (0..<count * length).map { Int32(5 + random.integer(below: vocabulary - 5, $0)) }
    return PackedTokens(ids: ids, lengths: [Int](repeating: length, count: count))
  }

  private var options: StepOptions {
    var options = StepOptions()
    options.threads = threads
    options.half = precision == "bf16"
    return options
  }

  /// A function that does one step and returns its seconds.
  func prepare() throws -> () throws -> Double {
    switch work {
    case .step: try prepareStep()
    case .classify: try prepareClassify()
    case .block: try prepareBlock()
    }
  }

  private func prepareStep() throws -> () throws -> Double {
    let source = tokens(batch)
    var setup = PretrainSetup([path], vocabulary: vocabulary) { _ in source }
    setup.options = options
    let trainer = try Pretrainer(setup)
    return {
      var seconds = 0.0
      try trainer.train(until: trainer.step + 1, isCancelled: { false }, report: { seconds = $0.seconds })
      return seconds
    }
  }

  private func prepareClassify() throws -> () throws -> Double {
    let source = tokens(batch)
    // An epoch of many steps, so that the work at its end is seldom between two that are measured.
    let rows = (0..<64 * batch).map { $0 % batch }
    let data = LabelledTokens(tokens: source.selecting(rows), labels: rows.map { Int32($0 % 2) })
    let hold = LabelledTokens(tokens: source.selecting(0..<1), labels: [0])
    let description = SupernetDescription(vocabulary: vocabulary, architectures: [path], causal: causal, seed: 0)
    var setup = FineTuneSetup(path, description: description, on: data, holdOut: hold)
    setup.batchSize = batch
    setup.dropout = 0.1
    setup.options = options
    let tuner = try FineTuner(setup)
    return {
      var seconds = 0.0
      try tuner.train(until: tuner.step + 1, isCancelled: { false }, report: { seconds = $0.seconds })
      return seconds
    }
  }

  private func prepareBlock() throws -> () throws -> Double {
    let width = path.layers[0].width
    let shape = BlockShape(path.layers[0], hIn: width, causal: causal)
    let weights = Initializer(seed: 1).weights(shape.layout, block: "block")
    let (workers, tapes) = (WorkerPool(threads: threads), (0..<threads).map { _ in Tape() })
    let random = Philox(seed: 2, stream: .synthesis)
    let share = (batch + threads - 1) / threads
    let x = (0..<share * length * width).map { Float(2 * random.uniform($0) - 1) }
    let lengths = [Int](repeating: length, count: share)
    return {
      let clock = ContinuousClock.now
      weights.releasePacked()
      workers.run(threads) { thread in
        let tape = tapes[thread]
        tape.half = precision == "bf16"
        tape.begin(lengths: lengths, training: true)
        let input = tape.input(x, rows: share * length, columns: width)
        let y = shape.forward(input, on: tape, block: tape.bind(weights))
        tape.backward(seeds: [(y, x)])
      }
      return (ContinuousClock.now - clock) / .seconds(1)
    }
  }
}
