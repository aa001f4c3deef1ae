import System
import Tensors
package import Tokens

/// The contributions of the tokens of an example to a weighted sum of the network's outputs, f.
package struct Attribution: Sendable {
  /// f of the example, and of its baseline or the mean of its baselines.
  package let output: Double
  package let baseline: Double
  /// By depth, from the embedding on; in it by sequence of the example, by token.
  package let depths: [[[Double]]]
}

/// How contributions are found, from the activations x of a depth and those, x', of a baseline there.
package enum AttributionRule: Hashable, Sendable {
  /// By row the sum over features of (x - x') df/dx, at x (Shrikumar et al. 2016; with the mean token for a baseline
  /// the correction of Majdandzic et al. 2023).
  case gradient
  /// By row the sum over features of (x - x') times the mean of df/dx over the way from x' to x, at the middles of so
  /// many steps (Sundararajan et al. 2017; of a layer's activations Mudrakarta et al. 2018): contributions of a depth
  /// add up to f(x) - f(x').
  case integrated(steps: Int)
  /// f(x) less f with the row's x' in place of its x (occlusion, Zeiler and Fergus 2014).
  case occlusion
}

extension TaskNetwork {
  /// Tokens of a lot, if need be those of one example alone.
  private static let lot = 8192

  /// The contributions to f = sum of weights times outputs, one for each example of `tokens`; nil where `isCancelled`.
  /// At every depth tokens are the rows of its activations, and where poolings made one of several, its contribution
  /// in equal parts. Throws `ModelError`.
  ///
  /// - Parameters:
  ///   - tokens: examples of `head.group` sequences each.
  ///   - baselines: for each example so many others of its lengths, one after the other; nil: the example with the mean
  ///     of its tokens in every place.
  ///   - weights: by example, a number for each output.
  ///   - byLayer: also behind each layer; else at the embedding alone.
  package func attributions(
    of tokens: PackedTokens, baselines: PackedTokens?, weights: [[Float]], by rule: AttributionRule, byLayer: Bool,
    threads: Int, isCancelled: (_ done: Int) -> Bool = { _ in false }
  ) throws -> [Attribution]? {
    try checkLength(tokens)
    precondition(!head.isOfTokens, "attribution of labels of tokens")
    let count = tokens.count / head.group
    let each = baselines.map { $0.count / tokens.count } ?? 1
    let workers = WorkerPool(threads: threads)
    let tapes = (0..<max(1, threads)).map { _ in Tape() }
    for tape in tapes { tape.half = half }
    var result: [Attribution] = []
    for wave in stride(from: 0, to: count, by: tapes.count) {
      if isCancelled(wave) { return nil }
      let size = min(tapes.count, count - wave)
      var found = [Attribution?](repeating: nil, count: size)
      found.withUnsafeMutableBufferPointer { found in
        let found = found
        workers.run(size) { slot in
          let example = wave + slot
          let own = tokens.selecting(example * head.group..<(example + 1) * head.group)
          let others = baselines.map { all in
            (0..<each).map { index in
              let first = (example * each + index) * head.group
              return all.selecting(first..<first + head.group)
            }
          }
          found[slot] = attribution(of: own, others, weights[example], rule, byLayer: byLayer, on: tapes[slot])
        }
      }
      result += found.compactMap(\.self)
    }
    guard result.allSatisfy({ $0.output.isFinite && $0.depths.joined().joined().allSatisfy(\.isFinite) }) else {
      throw ModelError.badInput("the network's gradients are not finite numbers")
    }
    return result
  }

  private func attribution(
    of example: PackedTokens, _ baselines: [PackedTokens]?, _ weights: [Float], _ rule: AttributionRule, byLayer: Bool,
    on tape: Tape
  ) -> Attribution {
    func activations(_ tokens: PackedTokens, _ isEven: Bool) -> [Activations] {
      tape.begin(lengths: tokens.lengths(0..<tokens.count), training: false)
      return path.activations(tokens.ids[...], isEven: isEven, byLayer: byLayer, on: tape)
    }
    let given = activations(example, false)
    let others = baselines?.map { activations($0, false) } ?? [activations(example, true)]
    func value(_ at: Activations) -> Double { run([at], weights, on: tape, gradients: false).values[0] }
    let output = value(given[0])
    let baseline = others.reduce(0) { $0 + value($1[0]) } / Double(others.count)
    let depths = given.indices.map { depth -> [[Double]] in
      var rows = [Double](repeating: 0, count: given[depth].rows)
      for other in others {
        let own = contributions(given[depth], other[depth], weights, rule, output, on: tape)
        for row in rows.indices { rows[row] += own[row] / Double(others.count) }
      }
      return spread(rows, given[depth], over: example)
    }
    return Attribution(output: output, baseline: baseline, depths: depths)
  }

  /// Numbers of rows as those of tokens, by sequence.
  private func spread(_ rows: [Double], _ at: Activations, over tokens: PackedTokens) -> [[Double]] {
    var first = 0
    return at.lengths.enumerated().map { sequence, length in
      defer { first += length }
      let count = tokens[sequence].count
      return (0..<count).map { token in
        let row = token / at.stride
        return rows[first + row] / Double(min(at.stride, count - row * at.stride))
      }
    }
  }

  private func contributions(
    _ x: Activations, _ other: Activations, _ weights: [Float], _ rule: AttributionRule, _ output: Double, on tape: Tape
  ) -> [Double] {
    let most = max(1, Self.lot / max(1, x.rows))
    switch rule {
    case .gradient: return along([1], x, other, weights, on: tape)
    case .integrated(let steps):
      let places = (0..<steps).map { (Double($0) + 0.5) / Double(steps) }
      var sums = [Double](repeating: 0, count: x.rows)
      for first in stride(from: 0, to: steps, by: most) {
        let part = Array(places[first..<min(first + most, steps)])
        for (row, number) in along(part, x, other, weights, on: tape).enumerated() { sums[row] += number }
      }
      return sums.map { $0 / Double(steps) }
    case .occlusion:
      var result: [Double] = []
      for first in stride(from: 0, to: x.rows, by: most) {
        let occluded = (first..<min(first + most, x.rows)).map { x.replacing(row: $0, by: other) }
        result += run(occluded, weights, on: tape, gradients: false).values.map { output - $0 }
      }
      return result
    }
  }

  /// By row, the sum over features of (x - x') df/dx, summed over places on the way from x' (0) to x (1).
  private func along(
    _ places: [Double], _ x: Activations, _ other: Activations, _ weights: [Float], on tape: Tape
  ) -> [Double] {
    let gradients = run(places.map { other.mixed(with: x, $0) }, weights, on: tape, gradients: true).gradients
    var result = [Double](repeating: 0, count: x.rows)
    for (stream, gradient) in gradients.enumerated() {
      let (own, its) = (x.streams[stream].sums(gradient, rows: 0..<x.rows), other.streams[stream])
      for (row, sum) in zip(own, its.sums(gradient, rows: 0..<x.rows)).enumerated() { result[row] += sum.0 - sum.1 }
    }
    return result
  }

  /// f of each of several activations of one depth, and by stream the sum over them of its gradient, R x columns.
  private func run(
    _ all: [Activations], _ weights: [Float], on tape: Tape, gradients: Bool
  ) -> (values: [Double], gradients: [[Double]]) {
    let joined = Activations(joining: all)
    tape.begin(lengths: joined.lengths, training: gradients)
    let (inputs, outputs) = path.outputs(from: joined, head: head, on: tape)
    let numbers = tape.array(outputs)
    let values = all.indices.map { example in
      weights.indices.reduce(0.0) { $0 + Double(weights[$1]) * Double(numbers[example * weights.count + $1]) }
    }
    guard gradients else { return (values, []) }
    tape.backward(seeds: [(outputs, all.flatMap { _ in weights })])
    let sums = inputs.map { input -> [Double] in
      let size = input.rows * input.columns / all.count
      var sum = [Double](repeating: 0, count: size)
      // A stream that nothing reads any more has none.
      guard let gradient = tape.gradientArray(input) else { return sum }
      for (place, number) in gradient.enumerated() { sum[place % size] += Double(number) }
      return sum
    }
    return (values, sums)
  }
}

extension Activations {
  /// Several of one depth, one after the other.
  fileprivate init(joining all: [Activations]) {
    self.init(
      depth: all[0].depth, stride: all[0].stride, lengths: all.flatMap(\.lengths),
      streams: all[0].streams.indices.map { stream in
        Stream(columns: all[0].streams[stream].columns, numbers: all.flatMap { $0.streams[stream].numbers })
      })
  }

  /// These, less a share of them, with that share of others.
  fileprivate func mixed(with other: Activations, _ share: Double) -> Activations {
    if share == 1 { return other }
    let share = Float(share)
    return replacing { stream in
      zip(streams[stream].numbers, other.streams[stream].numbers).map { $0 + share * ($1 - $0) }
    }
  }

  /// These with one row of others.
  fileprivate func replacing(row: Int, by other: Activations) -> Activations {
    replacing { stream in
      let columns = streams[stream].columns
      var numbers = streams[stream].numbers
      let range = row * columns..<(row + 1) * columns
      numbers.replaceSubrange(range, with: other.streams[stream].numbers[range])
      return numbers
    }
  }

  private func replacing(_ numbers: (Int) -> [Float]) -> Activations {
    Activations(
      depth: depth, stride: stride, lengths: lengths,
      streams: streams.indices.map { Stream(columns: streams[$0].columns, numbers: numbers($0)) })
  }
}
