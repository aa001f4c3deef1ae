import RecallTasks

/// The file `task.json` of a `token-task` artifact.
struct TokenTaskDocument: Codable {
  /// One split.
  struct Part: Codable {
    let name: String
    private(set) var sequences = 0
    private(set) var tokens = 0
    /// Places at which a token is asked for.
    private(set) var asked = 0
    /// Sequences that train has too, and dev; nil of splits before.
    private(set) var inTrain: Int?
    private(set) var inDev: Int?

    init(name: String) { self.name = name }

    mutating func add(_ example: RecallExample, inTrain isInTrain: Bool?, inDev isInDev: Bool?) {
      sequences += 1
      tokens += example.inputs.count
      asked += example.targets.count { $0 >= 0 }
      if let isInTrain { inTrain = (inTrain ?? 0) + (isInTrain ? 1 : 0) }
      if let isInDev { inDev = (inDev ?? 0) + (isInDev ? 1 : 0) }
    }
  }

  static let file = "task.json"

  let task: String
  let vocabulary: Int
  let length: Int
  let noise: Double?
  let noiseVocabulary: Int?
  let copies: Int?
  let motif: Int?
  let seed: Int
  /// How often a guess is right.
  let chance: Double
  /// Whether outputs are to be made of the features of the last token alone.
  let isOfLast: Bool
  var parts: [Part] = []

  init(_ task: RecallTask, seed: Int) {
    self.task = task.kind.rawValue
    (vocabulary, length, self.seed) = (task.vocabulary, task.length, seed)
    noise = task.kind == .noisyRecall ? task.noise : nil
    noiseVocabulary = task.kind == .noisyRecall ? task.noiseVocabulary : nil
    copies = task.kind == .selectiveCopying ? task.copies : nil
    motif = task.kind == .fuzzyRecall ? task.motif : nil
    (chance, isOfLast) = (task.chance, task.isOfLast)
  }
}
