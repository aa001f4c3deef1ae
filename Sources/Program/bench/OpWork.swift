import Blocks
import Losses
import Ops
import Randomness
import Tensors
import Training

/// One op by itself: its cost by its definition, and a way to do it.
struct OpWork {
  let name: String
  /// Floating-point operations of forward and backward; 0 where only memory counts.
  let operations: Double
  /// Bytes that forward and backward read and write at least.
  let bytes: Double
  /// A function that does it once and returns its seconds.
  let prepare: () -> () -> Double
}

extension OpWork {
  /// The matrix that an op reads, or writes.
  struct Extent {
    let rows: Int
    let columns: Int
    var count: Int { rows * columns }
    init(_ rows: Int, _ columns: Int) { (self.rows, self.columns) = (rows, columns) }
  }

  private typealias Apply = (_ x: [TapeValue], _ parameter: (Int) -> Parameter, Tape) -> TapeValue?

  /// An op of the tape. The gradient starts at the value that it returns; a loss returns nil. `numbers` is how many are
  /// read and written at least: by default inputs and parameters by either pass, the output and all gradients by one.
  private init(
    _ name: String, operations: Double = 0, numbers: Int? = nil, lengths: [Int], inputs: [Extent], output: Extent,
    half: Bool, weights tensors: (inout Parameters) -> Void = { _ in }, apply: @escaping Apply
  ) {
    let layout = Parameters.layout(tensors)
    let read = inputs.reduce(layout.parameterCount) { $0 + $1.count }
    self.init(name: name, operations: operations, bytes: 4 * Double(numbers ?? 3 * read + 2 * output.count)) {
      let values = inputs.enumerated().map { Self.numbers($1.count, $0) }
      let seed = Self.numbers(output.count, inputs.count)
      let weights = Initializer(seed: 1).weights(layout, block: "op")
      let tape = Tape()
      tape.half = half
      return {
        tape.begin(lengths: lengths, training: true)
        let x = zip(values, inputs).map { tape.input($0, rows: $1.rows, columns: $1.columns) }
        return Self.seconds {
          // As after an optimizer's step: gradients are cleared, weights packed.
          weights.releasePacked()
          let block = tape.bind(weights)
          let y = apply(x, { tape.parameter(block, $0) }, tape)
          tape.backward(seeds: y.map { [($0, seed)] } ?? [])
        }
      }
    }
  }

  private static func numbers(_ count: Int, _ stream: Int) -> [Float] {
    let random = Philox(seed: 2, stream: .synthesis)
    return (0..<count).map { Float(2 * random.uniform($0, stream) - 1) }
  }

  private static func seconds(_ body: () -> Void) -> Double {
    let clock = ContinuousClock.now
    body()
    return (ContinuousClock.now - clock) / .seconds(1)
  }

  /// All ops, for B sequences of L tokens of h features.
  static func all(batch B: Int, length L: Int, width h: Int, vocabulary: Int, half: Bool) -> [OpWork] {
    let lengths = [Int](repeating: L, count: B)
    let (rows, features) = (B * L, Extent(B * L, h))
    let random = Philox(seed: 3, stream: .synthesis)
    let ids = (0..<rows).map { Int32(random.integer(below: vocabulary, $0)) }
    let chosen = (0..<rows).filter { random.uniform($0, 2) < 0.15 }.map(Int32.init)
    let targets = chosen.map { ids[Int($0)] }
    func op(
      _ name: String, _ inputs: [Extent]? = nil, to output: Extent? = nil, products: Int = 0, operations: Double = 0,
      numbers: Int? = nil,
      weights tensors: (inout Parameters) -> Void = { _ in }, apply: @escaping Apply
    ) -> OpWork {
      OpWork(
        name, operations: 6 * Double(rows) * Double(products) + operations, numbers: numbers, lengths: lengths,
        inputs: inputs ?? [features], output: output ?? features, half: half, weights: tensors, apply: apply)
    }
    let taps = { (count: Int) in ConvolutionShape(taps: count, dilation: 1, causal: false) }
    let (inner, rank, states) = (2 * h, (h + 15) / 16, 16)
    let ones = [Float](repeating: 1, count: features.count)
    return [
      // The gradient of its table is cleared, and rows of it are read and written.
      op(
        "embedding", [], numbers: vocabulary * h + 5 * features.count,
        weights: { _ = $0.tensor("table", [vocabulary, h], decays: true, .ones) }
      ) {
        $2.embedding(ids, table: $1(0))
      },
      op("gather rows", to: Extent(chosen.count, h), numbers: 3 * chosen.count * h + features.count) { x, _, tape in
        tape.gatherRows(x[0], chosen)
      },
      op("linear", to: Extent(rows, 4 * h), products: 4 * h * h, weights: { _ = $0.affine("map", 4 * h, h) }) {
        $2.linear($0[0], weight: $1(0), bias: $1(1))
      },
      op("convolution", products: 9 * h * h, weights: { _ = $0.linear("map", h, h, taps: 9) }) {
        $2.convolution($0[0], weight: $1(0), shape: taps(9))
      },
      op("depthwise convolution", products: 3 * h, weights: { _ = $0.tensor("taps", [3, h], decays: true, .ones) }) {
        $2.depthwiseConvolution($0[0], weight: $1(0), shape: taps(3))
      },
      op("attention", [Extent(rows, 3 * h)], products: 2 * L * h) { x, _, tape in
        let heads = max(1, h / 64)
        return tape.attention(
          x[0], AttentionShape(heads: heads, causal: false, rotary: RotaryTable.Key(half: h / heads / 2)))
      },
      op(
        "lstm", products: 6 * h * h,
        weights: {
          _ = $0.affine("input", 4 * h, h)
          _ = $0.tensor("recurrent", [4 * h, h / 2], decays: true, .uniform(limit: 0.1))
        }
      ) { $2.lstm($2.linear($0[0], weight: $1(0), bias: $1(1)), weight: $1(2), directions: 2) },
      // Nine operations for a channel, a state and a token, as Mamba's authors count.
      op(
        "selective scan", [Extent(rows, inner), Extent(rows, inner), Extent(rows, rank + 2 * states)],
        to: Extent(rows, inner), products: inner * rank, operations: 27 * Double(rows * inner * states),
        weights: {
          _ = $0.tensor("step", [inner, rank], decays: true, .uniform(limit: 1 / Double(rank).squareRoot()))
          _ = $0.tensor("bias", [inner], decays: false, .timeSteps(from: 1e-3, to: 0.1, floor: 1e-4))
          _ = $0.tensor("logA", [states, inner], decays: false, .logarithmsOfRows)
          _ = $0.tensor("skip", [inner], decays: false, .ones)
        }
      ) { x, parameter, tape in
        let scan = SelectiveScanParameters(
          stepWeight: parameter(0), stepBias: parameter(1), logA: parameter(2), skip: parameter(3))
        return tape.selectiveScan(x[0], gate: x[1], projected: x[2], parameters: scan, reversed: false)
      },
      op(
        "long convolution", [Extent(rows, 3 * h), Extent(L, h), Extent(L, h)],
        weights: { _ = $0.tensor("skip", [h], decays: false, .ones) }
      ) { $2.longConvolution($0[0], filter: $0[1], reversed: $0[2], bias: $1(0)) },
      op("sine", weights: { _ = $0.tensor("frequency", [h], decays: false, .constant(10)) }) {
        $2.sine($0[0], frequency: $1(0))
      },
      op("layer norm", weights: { _ = $0.norm("norm", h) }) { $2.layerNorm($0[0], weight: $1(0), bias: $1(1)) },
      op("rms norm", weights: { _ = $0.tensor("norm", [h], decays: false, .ones) }) {
        $2.rmsNorm($0[0], weight: $1(0))
      },
      op("gelu", weights: { _ = $0.tensor("bias", [h], decays: false, .zeros) }) { $2.gelu($0[0], bias: $1(0)) },
      // The gradient of one summand is the sum's own, that of the other a copy.
      op("add", [features, features], numbers: 5 * features.count) { x, _, tape in tape.add(x[0], x[1]) },
      op("dropout", numbers: 4 * features.count) { x, _, tape in
        tape.dropout(x[0], rate: 0.1, random: random, step: 0, site: 0, firstRow: 0)
      },
      op("means", to: Extent(B, h), numbers: 2 * features.count) { x, _, tape in tape.segmentMeans(x[0]) },
      op("maxima", to: Extent(B, h), numbers: 2 * features.count) { x, _, tape in tape.segmentMaxima(x[0]) },
      op("pair features", [Extent(B, h)], to: Extent(B / 2, 4 * h)) { x, _, tape in tape.pairFeatures(x[0]) },
      op("filter window", [Extent(L, h)], to: Extent(L, h), numbers: 4 * L * h) { x, _, tape in
        tape.filterWindow(x[0], FilterWindow(length: 1024))
      },
      // A loss leaves the gradient where the logits were: they are read twice and written.
      op(
        "cross-entropy", [Extent(chosen.count, vocabulary)], to: Extent(0, 0), numbers: 3 * chosen.count * vocabulary
      ) { x, _, tape in
        _ = tape.crossEntropy(x[0], targets: targets, scale: 1 / Float(targets.count))
        return nil
      },
      op("binary cross-entropy", to: Extent(0, 0), numbers: 3 * features.count) { x, _, tape in
        _ = tape.binaryCrossEntropy(x[0], targets: ones, scale: 1 / Float(features.count))
        return nil
      },
      op("squared error", [Extent(rows, 1)], to: Extent(0, 0), numbers: 3 * rows) { x, _, tape in
        _ = tape.squaredError(x[0], targets: Array(ones[..<rows]), scale: 1 / Float(rows))
        return nil
      },
      contrast(views: 2 * B, h),
      adamW(12 * h * h),
    ]
  }

  private static func contrast(views: Int, _ columns: Int) -> OpWork {
    let (products, numbers) = (Double(views) * Double(views) * Double(columns), Double(views * columns))
    return OpWork(name: "contrast", operations: 6 * products, bytes: 12 * numbers) {
      let z = Self.numbers(views * columns, 0)
      return { seconds { _ = InfoNCE.loss(z, views: views, temperature: 0.1) } }
    }
  }

  private static func adamW(_ count: Int) -> OpWork {
    // Weights and two moments are read and written, gradients read.
    OpWork(name: "adamw", operations: 0, bytes: 28 * Double(count)) {
      var layout = ParameterLayout()
      layout.add("weights", [count], decays: true, .uniform(limit: 1))
      let (weights, gradients) = (Initializer(seed: 1).weights(layout, block: "op"), numbers(count, 0))
      let (first, second) = (ParameterBuffer(layout), ParameterBuffer(layout))
      return {
        seconds {
          ParameterUpdate.adamW(
            weights, gradients, first: first, second: second, range: 0..<count,
            .init(
              rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, decay: 0.01, corrections: (0.1, 0.001), scale: 1))
        }
      }
    }
  }
}
