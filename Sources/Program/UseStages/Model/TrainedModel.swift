package import Artifacts
import Inputs
import Labelled
import ModelStages
package import Networks
import Rankings
package import Sequences
import Spaces
package import Tokenizers

/// A `model`: one architecture with the head of a task, its weights, its tokenizer, and how it reads sequences.
package struct TrainedModel {
  let document: ModelDocument
  let tokenizer: Tokenizer
  let weights: Checkpoint
  let architecture: Architecture
  let kind: LabelKind

  private static let documentFile = "model.json"
  private static let tokenizerFile = "tokenizer.json"

  /// Writes the files of a model to the port `model`: names of weights are those of a `weights` artifact.
  package static func write(
    _ document: ModelDocument, _ tokenizer: Tokenizer, _ weights: Checkpoint, _ context: StageContext
  ) throws {
    try context.outputs.write("model", documentFile, JSONArtifact.encode(document))
    try context.outputs.write("model", tokenizerFile, tokenizer.json())
    for name in weights.names {
      try context.outputs.write("model", Checkpoint.flat(String(name.dropFirst("weights/".count))), weights.read(name))
    }
  }

  /// Reads a model. Throws `StageFailure` for another artifact.
  package init(_ artifact: any InputArtifact) throws {
    document = try JSONArtifact.decode(ModelDocument.self, artifact.bytes(Self.documentFile))
    guard document.format == 1, let kind = LabelKind(rawValue: document.labels) else {
      throw StageFailure(code: "bad-model", "a model of the unknown format \(document.format)")
    }
    guard Alphabet(rawValue: document.alphabet) != nil, Strands(rawValue: document.strands) != nil,
      Pooling(rawValue: document.pooling) != nil, ["end", "middle"].contains(document.cut)
    else { throw StageFailure(code: "bad-model", "a model that this program does not know how to read") }
    self.kind = kind
    do { tokenizer = try Tokenizer(json: artifact.bytes(Self.tokenizerFile), file: Self.tokenizerFile) } catch let error
      as SequenceError
    { throw StageFailure(code: "bad-model", "\(error)") }
    architecture = try ArchitectureText.parse(document.architecture)
    weights = try Checkpoint(artifact, prefix: "weights/")
  }

  /// The model as a folder that plain PyTorch loads, with `tokenizer.json` and `model.json`, in which classes stand.
  /// Throws `StageFailure` for an artifact that is no model.
  package static func export(_ artifact: any InputArtifact) throws -> [(name: String, bytes: [UInt8])] {
    let model = try TrainedModel(artifact)
    do {
      let files = try PyTorchExport.files(model.architecture, of: model.weights, task: model.head)
      return files.map { ($0.name, $0.bytes) }
        + (try [documentFile, tokenizerFile].map { ($0, try artifact.bytes($0)) })
    } catch let error as ModelError { throw StageFailure(code: "bad-model", "\(error)") }
  }

  package var alphabet: Alphabet { Alphabet(rawValue: document.alphabet) ?? .dna }

  package var encoding: SequenceEncoding {
    SequenceEncoding(
      tokenizer, maximumLength: document.longestTokens, inMiddle: document.cut == "middle",
      strands: Strands(rawValue: document.strands) ?? .forward)
  }

  private var space: LabelSpace {
    switch kind {
    case .class: .classes(document.classes.count)
    case .set: .sets(document.classes.count)
    case .value: .value
    case .letters: .tokens(document.classes.count)
    }
  }

  /// The head as it reads sequences.
  var head: TaskHead {
    TaskHead(
      space, pooling: Pooling(rawValue: document.pooling) ?? .mean, length: document.flatLength,
      isPaired: document.isPaired, strands: encoding.strands.read)
  }

  /// The network on so many threads. Throws `StageFailure` for weights that are not of the architecture.
  /// - Parameter isExact: products round nothing to bfloat16, whatever the model was trained with.
  package func network(threads: Int, isExact: Bool = false) throws -> TaskNetwork {
    do {
      let half = document.precision == "bf16" && !isExact
      return try TaskNetwork(architecture, head: head, of: weights, half: half, threads: threads)
    } catch let error as ModelError { throw StageFailure(code: "bad-model", "\(error)") }
  }

  /// The outputs of the network as predictions of rows without labels: their labels are of no meaning.
  /// - Parameter lengths: tokens of each sequence, which labels of letters need.
  func predictions(_ outputs: [Float], lengths: [Int]) -> any Measurable {
    let outputs = outputs.map(Double.init), classes = document.classes.count
    switch kind {
    case .class:
      return Predictions(
        logits: outputs, labels: [Int](repeating: 0, count: outputs.count / classes), classes: classes,
        threshold: document.threshold ?? 0)
    case .set:
      return SetPredictions(
        logits: outputs, labels: [[Int]](repeating: [], count: outputs.count / classes), classes: classes)
    case .value:
      let scale = Standardization(mean: document.mean ?? 0, deviation: document.deviation ?? 1)
      return Regression(predicted: outputs.map(scale.original), targets: [Double](repeating: 0, count: outputs.count))
    case .letters:
      let predicted = TokenPredictions.classes(logits: outputs, lengths: lengths, classes: classes)
      return TokenPredictions(labels: predicted.map { $0.map { _ in -1 } }, predicted: predicted, classes: classes)
    }
  }
}

extension ArtifactKind {
  /// A trained network that predicts the labels of a task.
  package static let model = ArtifactKind("model")
}
