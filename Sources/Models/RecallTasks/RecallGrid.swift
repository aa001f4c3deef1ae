// The settings of MAD (MAD-lab 0f49a45, configs/tasks): a baseline for each task, and one thing at a time made harder.
extension RecallTask {
  /// The easiest setting of a task.
  package static func baseline(_ kind: Kind) -> RecallTask {
    var task: RecallTask
    switch kind {
    case .recall, .fuzzyRecall: task = RecallTask(kind, vocabulary: 16, length: 128, train: 12_800)
    case .noisyRecall:
      task = RecallTask(kind, vocabulary: 32, length: 128, train: 12_800)
      (task.noise, task.noiseVocabulary) = (0.2, 16)
    case .selectiveCopying:
      task = RecallTask(kind, vocabulary: 16, length: 256, train: 12_800)
      task.copies = 16
    case .compression: task = RecallTask(kind, vocabulary: 16, length: 32, train: 12_800)
    case .memorization: task = RecallTask(kind, vocabulary: 256, length: 32, train: 256)
    }
    return task
  }

  /// The settings of a task: its baseline, then all that change one number of it.
  package static func settings(_ kind: Kind) -> [RecallTask] {
    let baseline = baseline(kind)
    func changed<Value>(_ path: WritableKeyPath<RecallTask, Value>, _ values: [Value]) -> [RecallTask] {
      values.map { value in
        var task = baseline
        task[keyPath: path] = value
        return task
      }
    }
    let train = changed(\.train, [6400, 3200, 1600, 800])
    return [baseline]
      + {
        switch kind {
        case .recall, .fuzzyRecall:
          changed(\.vocabulary, [32, 64, 128]) + changed(\.length, [256, 512, 1024]) + train
        case .noisyRecall:
          changed(\.vocabulary, [48, 80, 144]) + changed(\.length, [256, 512, 1024]) + train
            + changed(\.noise, [0.4, 0.6, 0.8])
        case .selectiveCopying:
          changed(\.vocabulary, [32, 64, 128]) + changed(\.length, [512, 1024]) + train
            + changed(\.copies, [32, 64, 96])
        case .compression:
          changed(\.vocabulary, [32, 64, 128]) + changed(\.length, [64, 128, 256]) + train
        case .memorization: changed(\.vocabulary, [512, 1024, 2048, 4096, 8192])
        }
      }()
  }

  /// All 66.
  package static let grid = Kind.allCases.flatMap(settings)
}
