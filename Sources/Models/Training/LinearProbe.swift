package import LinearModels
package import Networks
import Spaces
import System
import Tensors

/// A linear model of the features that a path gives, whose own weights stay as they are (Alain & Bengio 2016, linear
/// classifier probes): logistic regression for classes, sets and classes of tokens, ridge regression for values.
///
/// Features are computed once, without dropout, and standardised on train; the best model becomes the path's head.
/// n rows: examples, or tokens; f features.
package final class LinearProbe {
  /// Something that is told on the way.
  package enum Report {
    /// Examples whose features are computed, of all.
    case features(done: Int, total: Int)
    /// A model was fitted: its number, from 1, with its inverse strength C and its score on the hold-out.
    case fit(Int, strength: Double, score: Double)
  }

  /// Largest number of features of a split, all rows together: 1 GiB.
  package static let mostNumbers = 1 << 28

  /// The path; it takes no step.
  private let model: FineTuner
  private let setup: FineTuneSetup
  private let holdOut: LabelledTokens
  private let mostNumbers: Int
  /// The best model and its penalty, once it is fitted.
  package private(set) var choice: PenaltyChoice?

  /// A probe of pretrained weights, or of new ones. Of `setup` the optimizer, the batch, dropout, class weights and
  /// patience are not read. Throws as `FineTuner` does.
  package convenience init(_ setup: FineTuneSetup) throws { try self.init(setup, mostNumbers: Self.mostNumbers) }

  init(_ setup: FineTuneSetup, mostNumbers: Int) throws {
    guard let holdOut = setup.holdOut else {
      throw ModelError.badInput("a linear probe chooses its penalty on a hold-out, and there is none")
    }
    self.setup = setup
    self.holdOut = holdOut
    self.mostNumbers = mostNumbers
    model = try FineTuner(setup)
  }

  package var inherited: (blocks: Int, total: Int)? { model.inherited }

  /// Numbers in the path without its head, and in the linear model.
  package var parameterCount: Int {
    model.parameterCount - model.path.head.block.weights.layout.parameterCount + (choice?.model.weights.count ?? 0)
  }

  private var workers: WorkerPool { model.shards.workers }
  private var features: Int { setup.head.features(setup.description.outputWidth(setup.architecture)) }

  private var form: LinearForm {
    switch setup.head.labels {
    case .classes(let count), .tokens(let count): .classes(count)
    case .sets(let count): .sets(count)
    case .value: .value
    }
  }

  /// Fits the models of all strengths and keeps the best; false where `isCancelled`. Throws `ModelError`.
  package func fit(isCancelled: () -> Bool, report: (Report) -> Void) throws -> Bool {
    let total = setup.train.count + self.holdOut.count
    guard
      var train = try values(
        of: setup.train, name: "training data", isCancelled: isCancelled,
        report: { report(.features(done: $0, total: total)) }),
      var holdOut = try values(
        of: self.holdOut, name: "hold-out", isCancelled: isCancelled,
        report: { report(.features(done: self.setup.train.count + $0, total: total)) })
    else { return false }
    if case .tokens(let labels) = setup.train.targets { train = Self.counted(train, labels, features) }
    if train.isEmpty { throw ModelError.badInput("no token of the training data has a label that counts") }
    var tried = 0
    let fit = StandardizedModel(
      &train, features: features, targets(setup.train.targets), form, holdOut: &holdOut, workers,
      isCancelled: isCancelled
    ) { outputs, strength in
      let outputs = self.outputs(outputs)
      let score = self.setup.score?(outputs) ?? -FineTuner.loss(outputs, self.holdOut.targets)
      tried += 1
      report(.fit(tried, strength: strength, score: score))
      return score
    }
    guard let fit else { return false }
    choice = fit.choice
    let affine = fit.folded
    let logits =
      form == .classes(2) ? ([Double](repeating: 0, count: features) + affine.weight, [0] + affine.bias) : affine
    let head = model.path.head.block.weights
    let first = setup.head.hasQueries ? 1 : 0
    head.set(first, logits.0.map(Float.init))
    head.set(first + 1, logits.1.map(Float.init))
    return true
  }

  /// The outputs of the path with the best model as its head, as a `FineTuner` gives them. The probe has been fitted.
  package func evaluate(_ data: LabelledTokens) throws -> [Float] {
    precondition(choice != nil, "a probe that was not fitted")
    return try model.evaluate(data)
  }

  /// The weights of the path, and those of the best model as its head.
  package var network: Checkpoint { model.model }

  /// The features of all rows, (n, f); nil where `isCancelled`.
  private func values(
    of data: LabelledTokens, name: String, isCancelled: () -> Bool, report: (_ finished: Int) -> Void
  ) throws -> [Float]? {
    let rows = model.rows(of: data)
    guard rows <= mostNumbers / features else {
      throw ModelError.badInput(
        "a linear probe keeps the features of all \(setup.head.isOfTokens ? "tokens" : "examples") in memory: \(rows) "
          + "of the \(name) with \(features) each are more than \(mostNumbers) numbers; take fewer rows, or a fine-tune"
      )
    }
    let (path, head) = (model.path, setup.head)
    let values = model.evaluate(
      data, columns: features,
      isCancelled: { finished in
        report(finished)
        return isCancelled()
      }
    ) { path.features($0, path.bind(to: $1), head: head, on: $1, dropout: nil) }
    guard let values else { return nil }
    guard values.allSatisfy(\.isFinite) else { throw ModelError.notFinite(quantity: "features", step: 0) }
    return values
  }

  /// The rows of tokens whose labels count.
  private static func counted(_ values: [Float], _ labels: [Int32], _ features: Int) -> [Float] {
    if labels.allSatisfy({ $0 >= 0 }) { return values }
    var result: [Float] = []
    result.reserveCapacity(labels.count { $0 >= 0 } * features)
    for (row, label) in labels.enumerated() where label >= 0 {
      result += values[row * features..<(row + 1) * features]
    }
    return result
  }

  /// (n, m): the values that outputs of rows that count should have.
  private func targets(_ targets: Targets) -> [Double] {
    switch targets {
    case .sets(let members, _): return members.map(Double.init)
    case .values(let values): return values.map(Double.init)
    case .classes(let labels), .tokens(let labels):
      return form.targets(labels.filter { $0 >= 0 }.map(Int.init))
    }
  }

  /// The outputs of a head, for those of the linear model.
  private func outputs(_ values: [Double]) -> [Float] { form.logits(values).map(Float.init) }
}
