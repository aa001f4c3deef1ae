package import Artifacts
import Inputs
import RecallTasks
import Tokens

/// Makes one of the six tasks of mechanistic architecture design, in one setting.
package enum SynthesizeMADStage: Stage {
  static let task = ParameterKey<String>(
    "task", .choice(RecallTask.Kind.allCases.map(\.rawValue)), default: RecallTask.Kind.recall.rawValue,
    neutral: RecallTask.Kind.recall.rawValue,
    help: "in-context-recall: the values that keys have in the sequence; fuzzy-in-context-recall: of several tokens "
      + "each; noisy-in-context-recall: between tokens of noise; selective-copying: tokens without the blanks between "
      + "them; compression: all tokens out of the features of the last; memorization: values that keys have in all "
      + "sequences.")
  static let vocabulary = number("vocabulary", 1_000_000, "tokens", "Tokens that there are, special ones included.")
  static let length = number("length", 1_000_000, "tokens", "Tokens of a sequence.")
  static let train = number("train", 10_000_000, "sequences", "Sequences to learn from.")
  static let dev = ParameterKey<Int>(
    "dev", .int(1...10_000_000), default: 1280, neutral: 1280, unit: "sequences",
    help: "Sequences on which choices are made.")
  static let test = ParameterKey<Int>(
    "test", .int(1...10_000_000), default: 1280, neutral: 1280, unit: "sequences", help: "Sequences that are reported.")
  static let noise = ParameterKey<Double>(
    "noise", .float(0...0.99), default: 0, neutral: 0, unit: "fraction",
    help: "Pairs of noisy recall that are noise; 0: as the task's baseline has it.")
  static let noiseVocabulary = number(
    "noise-vocabulary", 1_000_000, "tokens", "Tokens of noise, of the vocabulary its last.")
  static let copies = number("copies", 1_000_000, "tokens", "Tokens to copy.")
  static let motif = ParameterKey<Int>(
    "motif", .int(1...100), default: 3, neutral: 3, unit: "tokens",
    help: "Most tokens of a key and of a value of fuzzy recall.")

  private static func number(_ name: String, _ most: Int, _ unit: String, _ help: String) -> ParameterKey<Int> {
    ParameterKey(
      name, .int(0...most), default: 0, neutral: 0, unit: unit, help: help + " 0: as the task's baseline has it.")
  }

  package static let declaration = StageDeclaration(
    name: "synthesize-mad", version: 1,
    summary: "Make a synthetic task on tokens that asks one thing of a model: recall, copying, compression or memory.",
    parameters: [
      task.parameter, vocabulary.parameter, length.parameter, train.parameter, dev.parameter, test.parameter,
      noise.parameter, noiseVocabulary.parameter, copies.parameter, motif.parameter, .seed,
    ],
    inputs: [],
    outputs: [
      OutputPort(
        "task", .tokenTask, .tree,
        help: "train.tokens, dev.tokens and test.tokens: of each sequence its tokens, and as many numbers that say "
          + "which token is asked for at each place (0: none; else one more than its id). task.json: the setting.")
    ],
    rules: [.madTask, .unreadByMADTask],
    example: """
      recall:
        stage: synthesize-mad
        for: { vocabulary: [16, 32, 64, 128] }
        with: { task: in-context-recall, vocabulary: $vocabulary }
      """)

  /// The task that these parameters state; nil while one of them is not known.
  static func recallTask(_ settings: StageSettings) -> RecallTask? {
    guard let kind = settings[task].flatMap(RecallTask.Kind.init(rawValue:)), let vocabulary = settings[vocabulary],
      let length = settings[length], let train = settings[train], let noise = settings[noise],
      let noiseVocabulary = settings[noiseVocabulary], let copies = settings[copies], let motif = settings[motif]
    else { return nil }
    var task = RecallTask.baseline(kind)
    if vocabulary > 0 { task.vocabulary = vocabulary }
    if length > 0 { task.length = length }
    if train > 0 { task.train = train }
    if kind == .noisyRecall, noise > 0 { task.noise = noise }
    if kind == .noisyRecall, noiseVocabulary > 0 { task.noiseVocabulary = noiseVocabulary }
    if kind == .selectiveCopying, copies > 0 { task.copies = copies }
    task.motif = motif
    return task
  }

  package static func run(_ context: StageContext) throws {
    try context.check(declaration)
    guard let task = recallTask(StageSettings(values: context.parameters)) else {
      preconditionFailure("a parameter of the task is missing")
    }
    let generator = RecallGenerator(task, seed: context[.seed])
    let counts = [RecallExample.Split.train: task.train, .dev: context[dev], .test: context[test]]
    var document = TokenTaskDocument(task, seed: context[.seed])
    let total = counts.values.reduce(0, +)
    var done = 0
    // Sequences of train and dev, by which those that come again are counted.
    var known: [RecallExample.Split: Set<[Int32]>] = [:]
    for split in RecallExample.Split.allCases {
      let file = TokenOutput(
        try context.outputs.create("task", TokenTaskFile.name(split)), vocabularySize: task.vocabulary + 1)
      var part = TokenTaskDocument.Part(name: "\(split)")
      for number in 0..<counts[split]! {
        if number % 256 == 0 {
          if context.isInterrupted() { throw Interrupted() }
          context.report(.progress(done: done, total: total, unit: "sequences", detail: "\(split)"))
        }
        let example = generator.example(number, of: split)
        try file.append(example.inputs[...])
        file.endSequence()
        try file.append(example.targets.map { $0 + 1 }[...])
        file.endSequence()
        let isIn = { (other: RecallExample.Split) in
          other.rawValue < split.rawValue ? known[other]?.contains(example.inputs) : nil
        }
        part.add(example, inTrain: isIn(.train), inDev: isIn(.dev))
        if split != .test { known[split, default: []].insert(example.inputs) }
        done += 1
      }
      try file.close()
      document.parts.append(part)
    }
    for part in document.parts where (part.inTrain ?? 0) > 0 {
      context.report(
        .warning("\(part.inTrain ?? 0) of \(part.sequences) sequences of \(part.name) are in train too"))
    }
    try context.outputs.write("task", TokenTaskDocument.file, JSONArtifact.encode(document))
  }
}

extension ArtifactKind {
  /// Sequences of tokens, and the token that is asked for at each place, in train, dev and test.
  package static let tokenTask = ArtifactKind("token-task")
}
