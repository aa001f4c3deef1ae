package import Networks
package import Spaces
import Tokens

/// A fine-tune: one architecture, the examples of a task, and how it learns from them.
package struct FineTuneSetup {
  package let architecture: Architecture
  package let description: SupernetDescription
  package let train: LabelledTokens
  /// Examples on which each epoch is scored; nil: no epoch is, and the last step's weights count.
  package let holdOut: LabelledTokens?
  /// The score of an epoch from the outputs for the hold-out, higher is better; nil: minus its loss.
  package var score: (([Float]) -> Double)?
  /// Weights of a supernet to start from; of them only the blocks of the architecture are read.
  package var weights: Checkpoint?
  /// The head, as outputs are read: over as many strands as `strands` reads.
  package var head = TaskHead(.classes(2))
  package var strands = Strands.forward
  package var batchSize = 64
  package var dropout = 0.0
  /// By class, of those not in it for sets: how much a label of a class counts; nil: all 1.
  package var classWeights: [Float]?
  /// The share of a label that is spread over all classes while training.
  package var labelSmoothing = 0.0
  /// The share by which a mean over the steps keeps its weights at each step, less in the first ones; the mean is
  /// scored and kept in place of the weights. 0: no mean.
  package var averaging = 0.0
  /// The learning rate of a block for that of the one behind it, from the head's on: 1 for all the same.
  package var rateDecay = 1.0
  /// Epochs without a better one after which training ends; 0: never.
  package var patience = 0
  /// Tokens that one thread evaluates together, if need be those of one example alone.
  var evaluationTokens = 8192
  package var options = StepOptions()

  package init(
    _ architecture: Architecture, description: SupernetDescription, on train: LabelledTokens, holdOut: LabelledTokens?
  ) {
    self.architecture = architecture
    self.description = description
    self.train = train
    self.holdOut = holdOut
  }

  /// Steps of an epoch, of which the last may be of fewer examples.
  var stepsPerEpoch: Int { (train.count + batchSize - 1) / batchSize }

  /// The head as a step of training reads it.
  var trainingHead: TaskHead {
    var head = head
    head.strands = strands.trained
    return head
  }

  /// Throws `ModelError.badInput` for a model that cannot be trained, and data that are not of it.
  func check() throws {
    switch head.labels {
    case .classes(let count), .tokens(let count):
      guard count > 1 else { throw ModelError.badInput("a classifier needs two classes") }
    case .sets(let count): guard count > 0 else { throw ModelError.badInput("a task of sets needs a class") }
    case .value: break
    }
    guard !architecture.layers.isEmpty else { throw ModelError.badInput("a model needs a layer") }
    try check(train, name: "training data")
    if let holdOut { try check(holdOut, name: "hold-out") }
  }

  private func check(_ data: LabelledTokens, name: String) throws {
    if data.count == 0 { throw ModelError.badInput("the \(name) has no sequences") }
    guard data.isPaired == head.isPaired else {
      throw ModelError.badInput("the \(name) has \(data.isPaired ? "pairs" : "no pairs")")
    }
    guard data.strands == strands.read, head.strands == strands.read else {
      throw ModelError.badInput("the \(name) comes on \(data.strands) strands, the model reads \(strands.read)")
    }
    switch (head.labels, data.targets) {
    case (.classes(let count), .classes(let labels)):
      if let bad = labels.first(where: { $0 < 0 || $0 >= count }) {
        throw ModelError.badInput("label \(bad) in the \(name) of a task of \(count) classes")
      }
    case (.tokens(let count), .tokens(let labels)):
      if let bad = labels.first(where: { $0 >= count }) {
        throw ModelError.badInput("label \(bad) in the \(name) of a task of \(count) classes")
      }
    case (.sets(let count), .sets(_, let other)) where count == other: break
    case (.value, .values(let values)):
      guard values.allSatisfy(\.isFinite) else {
        throw ModelError.badInput("a target in the \(name) is not a finite number")
      }
    default: throw ModelError.badInput("the labels of the \(name) are not those of the task")
    }
    if let empty = (0..<data.tokens.count).first(where: { data.tokens[$0].isEmpty }) {
      throw ModelError.badInput("sequence \(empty) of the \(name) is empty")
    }
    let vocabulary = description.vocabulary
    if let bad = data.tokens.ids.first(where: { $0 < 0 || $0 >= vocabulary }) {
      throw ModelError.badInput("token \(bad) in the \(name) is beyond the vocabulary of \(vocabulary)")
    }
    try description.check(length: data.tokens.longest)
  }
}
