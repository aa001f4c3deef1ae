import Foundation
import Rankings
import TestSupport
import Testing

@testable import RecallTasks

/// The six tasks beside other code (`Goldens/recall.py`), and by what their targets say of their inputs.
@Suite struct RecallTasksTests {
  struct Golden: Decodable {
    let task: String
    let vocabulary: Int
    let length: Int
    let noise: Double?
    let noiseVocabulary: Int?
    let copies: Int?
    let motif: Int?
    let seed: Int
    let split: Int
    let example: Int
    let inputs: [Int32]
    let targets: [Int32]

    var setting: RecallTask {
      var setting = RecallTask(RecallTask.Kind(rawValue: task)!, vocabulary: vocabulary, length: length, train: 1)
      (setting.noise, setting.noiseVocabulary) = (noise ?? 0, noiseVocabulary ?? 0)
      (setting.copies, setting.motif) = (copies ?? 0, motif ?? 3)
      return setting
    }
  }

  @Test func `examples are those of other code`() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens/recall.json")
    let goldens = try JSONDecoder().decode([Golden].self, from: Data(contentsOf: file))
    #expect(Set(goldens.map(\.task)).count == 6 && goldens.count == 44)
    for golden in goldens {
      #expect(golden.setting.problem == nil)
      let example = RecallGenerator(golden.setting, seed: golden.seed)
        .example(golden.example, of: RecallExample.Split(rawValue: golden.split)!)
      #expect(example.inputs == golden.inputs && example.targets == golden.targets, "\(golden.task) \(golden.example)")
    }
  }

  @Test func `there are 66 settings`() {
    let counts = RecallTask.Kind.allCases.map { RecallTask.settings($0).count }
    #expect(counts == [11, 11, 14, 13, 11, 6] && RecallTask.grid.count == 66 && Set(RecallTask.grid).count == 66)
    #expect(RecallTask.grid.allSatisfy { $0.problem == nil })
  }

  @Test func `the pipeline has all settings`() throws {
    let lines = try Repository.text("pipelines/mad.yaml").split(separator: "\n").compactMap { line in
      line.firstRange(of: "{ task: ").map { String(line[$0.lowerBound...]) }
    }
    let settings = RecallTask.grid.map { task in
      "{ task: \(task.kind.rawValue), vocabulary: \(task.vocabulary), length: \(task.length), train: \(task.train)"
        + (task.noise > 0 ? ", noise: \(task.noise)" : "") + (task.copies > 0 ? ", copies: \(task.copies)" : "") + " }"
    }
    #expect(lines == settings)
  }

  /// Of every setting: lengths, tokens of the vocabulary, and targets that follow from what came before.
  @Test(arguments: RecallTask.grid) func `targets follow from inputs`(_ task: RecallTask) throws {
    let generator = RecallGenerator(task, seed: 3)
    var memory: [Int32: Int32] = [:]
    for split in RecallExample.Split.allCases {
      for number in 0..<3 {
        let example = generator.example(number, of: split)
        let isShorter = task.kind == .recall || task.kind == .noisyRecall
        #expect(example.inputs.count == task.length - (isShorter ? 1 : 0))
        #expect(example.inputs.count == example.targets.count)
        let all = example.inputs + example.targets
        #expect(all.allSatisfy { $0 >= -1 && $0 < task.vocabulary } && !example.inputs.contains(-1))
        #expect(example.targets.contains { $0 >= 0 })
        switch task.kind {
        case .recall, .noisyRecall: recall(example, task, split)
        case .fuzzyRecall: fuzzy(example, task, split)
        case .selectiveCopying:
          let (blank, end) = (Int32(task.vocabulary - 2), Int32(task.vocabulary - 1))
          let place = try #require(example.inputs.firstIndex(of: end))
          #expect(place == task.length - task.copies - 1)
          #expect(example.inputs[..<place].filter { $0 != blank } == Array(example.targets.suffix(task.copies)))
          #expect(example.targets.dropLast(task.copies).allSatisfy { $0 == -1 })
          #expect(example.inputs[(place + 1)...].allSatisfy { $0 == blank })
        case .compression:
          #expect(example.inputs == example.targets && example.inputs.last == Int32(task.vocabulary - 1))
          #expect(!example.inputs.dropLast().contains(Int32(task.vocabulary - 1)))
        case .memorization:
          for place in stride(from: 0, to: task.length, by: 2) {
            let (key, value) = (example.inputs[place], example.targets[place + 1])
            #expect(example.inputs[place + 1] == Int32(task.vocabulary - 1) && example.targets[place] == -1)
            // One value in all sequences of all splits.
            #expect(memory.updateValue(value, forKey: key) ?? value == value)
            #expect(Int(key) < (task.vocabulary - 1) / 2 && Int(value) >= (task.vocabulary - 1) / 2)
          }
        }
      }
    }
    #expect(Set(memory.values).count == memory.count)
  }

  private func recall(_ example: RecallExample, _ task: RecallTask, _ split: RecallExample.Split) {
    if split == .train { return #expect(Array(example.targets.dropLast()) == Array(example.inputs.dropFirst())) }
    var known: [Int32: Int32] = [:]
    let tokens = example.inputs + [example.targets.last!]
    let keys = (task.vocabulary - task.noiseVocabulary) / 2
    for place in stride(from: 0, to: tokens.count, by: 2) {
      let (key, value, asked) = (tokens[place], tokens[place + 1], example.targets[place])
      if place > 0 { #expect(example.targets[place - 1] == -1) }
      let isNoise = Int(key) >= 2 * keys
      #expect(asked == (isNoise ? -1 : known[key] ?? -1) && (isNoise || known[key] ?? value == value))
      if !isNoise { known[key] = value }
    }
  }

  private func fuzzy(_ example: RecallExample, _ task: RecallTask, _ split: RecallExample.Split) {
    if split == .train { return #expect(Array(example.targets.dropLast()) == Array(example.inputs.dropFirst())) }
    let (pad, keys) = (Int32(task.vocabulary - 1), Int32((task.vocabulary - 1) / 2))
    let tokens = Array((example.inputs + [example.targets.last!]).drop { $0 == pad })
    let targets = example.targets.suffix(tokens.count)
    var known: [ArraySlice<Int32>: ArraySlice<Int32>] = [:]
    var place = 0
    while place < tokens.count {
      let key = tokens[place..<place + 3]
      let end = tokens[(place + 3)...].firstIndex { $0 < keys } ?? tokens.count
      let value = tokens[(place + 3)..<end]
      #expect(key.allSatisfy { $0 < keys } && Set(key).count == 3 && Set(value).count == value.count)
      #expect((1...3).contains(value.count))
      let asked = targets[(targets.startIndex + place + 3)..<(targets.startIndex + end)]
      #expect(Array(asked) == (known[key].map(Array.init) ?? value.map { _ in -1 }))
      known[key] = value
      place = end
    }
    // The last pair came before.
    #expect(example.targets.last! >= 0)
  }

  @Test func `examples depend on seed, split and number alone`() {
    for kind in RecallTask.Kind.allCases {
      let task = RecallTask.baseline(kind)
      let (one, other) = (RecallGenerator(task, seed: 1), RecallGenerator(task, seed: 2))
      let forward = (0..<20).map { one.example($0, of: .train) }
      #expect((0..<20).reversed().map { one.example($0, of: .train) }.reversed() == forward)
      #expect(Set(forward).count == 20 && one.example(0, of: .dev) != one.example(0, of: .test))
      #expect(other.example(0, of: .train) != forward[0])
      // More examples leave the first as they are.
      var larger = task
      larger.train *= 2
      #expect(RecallGenerator(larger, seed: 1).example(5, of: .train) == forward[5])
    }
  }

  @Test func `noise is as frequent as stated`() {
    var task = RecallTask.baseline(.noisyRecall)
    for noise in [0.2, 0.6] {
      task.noise = noise
      let examples = (0..<200).map { RecallGenerator(task, seed: 5).example($0, of: .test) }
      let tokens = examples.flatMap(\.inputs)
      // Of 64 pairs one is never noise, and the last.
      let expected = noise * 62 / 64
      #expect(abs(Double(tokens.count { $0 >= 16 }) / Double(tokens.count) - expected) < 0.02)
    }
  }

  @Test func `impossible settings say why`() {
    func problem(_ kind: RecallTask.Kind, _ change: (inout RecallTask) -> Void) -> String? {
      var task = RecallTask.baseline(kind)
      change(&task)
      return task.problem
    }
    #expect(problem(.recall) { $0.length = 7 } == "a recall needs an even length of at least 4, and has 7")
    #expect(problem(.recall) { $0.vocabulary = 1 } == "a vocabulary of 1 leaves 0 keys, and 1 are needed")
    #expect(problem(.fuzzyRecall) { $0.length = 17 }?.hasPrefix("keys and values of 3 tokens need") == true)
    #expect(problem(.fuzzyRecall) { $0.vocabulary = 6 } == "a vocabulary of 6 leaves 2 keys, and 3 are needed")
    #expect(problem(.noisyRecall) { $0.noiseVocabulary = 0 } == "noise needs tokens of its own")
    #expect(problem(.selectiveCopying) { $0.copies = 128 } == "128 tokens to copy need a length above 257")
    #expect(problem(.compression) { $0.vocabulary = 2 }?.contains("fewer than two tokens") == true)
    #expect(problem(.memorization) { $0.length = 31 } == "a memorization needs an even length, and has 31")
  }

  /// As torchmetrics' MulticlassAccuracy(average="macro") has it, by hand: of five tokens 0, 1 and 2 are asked for, 3
  /// is only named, and 4 is neither.
  @Test func `the accuracy is a mean over tokens that are asked for or named`() throws {
    let targets: [[Int32]] = [[0, -1, 0, 1], [2, 2, -1], [-1]]
    let named: [[Int32]] = [[0, 4, 1, 1], [3, 2, 4], [0]]
    let measured = RecallAccuracy(targets: targets, named: named, vocabulary: 5)
    #expect(measured.value(of: .accuracy) == 3.0 / 5)
    #expect(measured.value(of: .macroAccuracy) == (0.5 + 1 + 0.5 + 0) / 4)
    #expect(measured.value(of: .mcc) == nil && measured.rows == 3)
    let metrics = measured.metrics()
    let interval = try #require(metrics[.macroAccuracy])
    #expect(interval.value == 0.5 && interval.low! <= 0.5 && interval.high! >= 0.5 && metrics[.accuracy]?.value == 0.6)
    // Sequences without a place that counts have none of either.
    #expect(RecallAccuracy(targets: [[-1]], named: [[3]], vocabulary: 5).value(of: .macroAccuracy) == nil)
  }
}
