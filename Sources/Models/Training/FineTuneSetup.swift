package import Spaces
import Tokens

/// A fine-tune: one architecture, the examples of a task, and how it learns from them.
package struct FineTuneSetup {
  package let architecture: Architecture
  package let description: SupernetDescription
  package let train: LabelledTokens
  /// Examples on which each epoch is scored.
  package let holdOut: LabelledTokens
  /// The score of an epoch from the outputs for the hold-out, higher is better; nil: minus its loss.
  package var score: (([Float]) -> Double)?
  /// Weights of a supernet to start from; of them only the blocks of the architecture are read.
  package var weights: Checkpoint?
  package var head = TaskHead(.classes(2))
  package var batchSize = 64
  package var dropout = 0.0
  /// By class, of those not in it for sets: how much a label of a class counts; nil: all 1.
  package var classWeights: [Float]?
  /// Epochs without a better one after which training ends; 0: never.
  package var patience = 0
  /// Tokens that one thread evaluates together, if need be those of one example alone.
  var evaluationTokens = 8192
  package var options = StepOptions()

  package init(
    _ architecture: Architecture, description: SupernetDescription, on train: LabelledTokens, holdOut: LabelledTokens
  ) {
    self.architecture = architecture
    self.description = description
    self.train = train
    self.holdOut = holdOut
  }

  /// Steps of an epoch, of which the last may be of fewer examples.
  var stepsPerEpoch: Int { (train.count + batchSize - 1) / batchSize }

  /// Whether labels are of tokens.
  var isOfTokens: Bool { if case .tokens = head.labels { true } else { false } }

  /// Throws `TrainingError.badInput` for a model that cannot be trained, and data that are not of it.
  func check() throws {
    switch head.labels {
    case .classes(let count), .tokens(let count):
      guard count > 1 else { throw TrainingError.badInput("a classifier needs two classes") }
    case .sets(let count): guard count > 0 else { throw TrainingError.badInput("a task of sets needs a class") }
    case .value: break
    }
    guard !architecture.layers.isEmpty else { throw TrainingError.badInput("a model needs a layer") }
    try check(train, name: "training data")
    try check(holdOut, name: "hold-out")
  }

  private func check(_ data: LabelledTokens, name: String) throws {
    if data.count == 0 { throw TrainingError.badInput("the \(name) has no sequences") }
    guard data.isPaired == head.isPaired else {
      throw TrainingError.badInput("the \(name) has \(data.isPaired ? "pairs" : "no pairs")")
    }
    switch (head.labels, data.targets) {
    case (.classes(let count), .classes(let labels)):
      if let bad = labels.first(where: { $0 < 0 || $0 >= count }) {
        throw TrainingError.badInput("label \(bad) in the \(name) of a task of \(count) classes")
      }
    case (.tokens(let count), .tokens(let labels)):
      if let bad = labels.first(where: { $0 >= count }) {
        throw TrainingError.badInput("label \(bad) in the \(name) of a task of \(count) classes")
      }
    case (.sets(let count), .sets(_, let other)) where count == other: break
    case (.value, .values(let values)):
      guard values.allSatisfy(\.isFinite) else {
        throw TrainingError.badInput("a target in the \(name) is not a finite number")
      }
    default: throw TrainingError.badInput("the labels of the \(name) are not those of the task")
    }
    if let empty = (0..<data.tokens.count).first(where: { data.tokens[$0].isEmpty }) {
      throw TrainingError.badInput("sequence \(empty) of the \(name) is empty")
    }
    let vocabulary = description.vocabulary
    if let bad = data.tokens.ids.first(where: { $0 < 0 || $0 >= vocabulary }) {
      throw TrainingError.badInput("token \(bad) in the \(name) is beyond the vocabulary of \(vocabulary)")
    }
    try description.check(length: data.tokens.longest)
  }
}
