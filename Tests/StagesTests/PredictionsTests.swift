import Artifacts
import Foundation
import Inputs
import Labelled
import Rankings
import TestSupport
import Testing

/// Predictions as a file: what `rank` reads is what models wrote.
@Suite struct PredictionsTests {
  /// Characters that mean something in a table or to Unicode, and some that do not.
  private static let characters = Array(
    ".;|-/~#:,_\"'\\()[]<>{}aZ09 \t\n\u{E9}\u{3B1}\u{4E2D}\u{1F9EC}\u{2500}\u{2501}")

  /// Names without spaces around them, as tables of labels are read.
  private func classes(_ count: Int, letters: Bool, _ random: inout RandomNumbers) -> [String] {
    var names: Set<String> = []
    while names.count < count {
      let size = letters ? 1 : Int.random(in: 1...4, using: &random)
      let name = trimmed(String((0..<size).map { _ in Self.characters.randomElement(using: &random)! }))
      if !name.isEmpty { names.insert(name) }
    }
    return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  /// Predictions of any kind, in which every class occurs.
  private func predictions(_ classes: Int, _ kind: LabelKind, _ random: inout RandomNumbers) -> any Measurable {
    let rows = 40
    let numbers = { (count: Int, random: inout RandomNumbers) in
      (0..<count).map { _ in Double.random(in: -9...9, using: &random) }
    }
    let draw = { (random: inout RandomNumbers) in Int.random(in: 0..<classes, using: &random) }
    switch kind {
    case .class:
      return Predictions(
        logits: numbers(rows * classes, &random), labels: (0..<rows).map { $0 % classes }, classes: classes)
    case .value: return Regression(predicted: numbers(rows, &random), targets: numbers(rows, &random))
    case .set:
      let sets = (0..<rows).map { _ in (0..<classes).filter { _ in Bool.random(using: &random) } }
      return SetPredictions(logits: numbers(rows * classes, &random), labels: sets, classes: classes)
    case .letters:
      let labels = (0..<rows).map { row in
        (0..<row % 7).map { Bool.random(using: &random) ? ($0 + row) % classes : -1 }
      }
      let predicted = labels.map { $0.map { _ in draw(&random) } }
      let all = [Array(0..<classes)]
      return TokenPredictions(labels: all + labels, predicted: all + predicted, classes: classes)
    }
  }

  private func write(_ predictions: any Measurable, classes: [String]) throws -> MemoryArtifact {
    let run = MemoryRun()
    let context = StageContext(
      parameters: [:], inputs: [:], outputs: run, segments: run, threads: 1, report: { _ in }, isInterrupted: { false })
    let records = (0..<predictions.rows).map { LabelledRecord(sequence: bytes("\($0)"), label: 0) }
    try PredictionsArtifact.write([("dev", records, predictions)], classes: classes, context)
    return run.output("predictions", .predictions)
  }

  @Test(arguments: LabelKind.allCases) func `predictions of any classes are read as they were written`(
    _ kind: LabelKind
  ) throws {
    var random = RandomNumbers(seed: seed)
    for _ in 0..<60 {
      let count = kind == .value ? 0 : Int.random(in: 2...9, using: &random)
      let classes = classes(count, letters: kind == .letters, &random)
      let predictions = predictions(count, kind, &random)
      let file = try write(predictions, classes: classes)
      let read = try #require(try PredictionsArtifact(file).splits["dev"]?.predictions, "seed \(seed): \(classes)")
      #expect(try write(read, classes: classes).bytes() == file.bytes(), "seed \(seed): \(classes)")
      for metric in Metric.allCases {
        #expect(read.value(of: metric) == predictions.value(of: metric), "seed \(seed): \(metric), \(classes)")
      }
    }
  }

  /// The usual classes have the usual signs, and a header without them.
  @Test func `the sign of no class is the usual one or stated`() throws {
    let header = { (predictions: any Measurable, classes: [String]) throws in
      String(text(try write(predictions, classes: classes).bytes()).prefix { $0 != "\n" })
    }
    let letters = TokenPredictions(labels: [[0, 1, -1]], predicted: [[0, 1, 1]], classes: 2)
    let sets = SetPredictions(logits: [1, 2], labels: [[0, 1]], classes: 2)
    #expect(try header(letters, ["(", ")"]) == "split\trow\tsequence\tletters\tpredicted")
    #expect(try header(letters, ["(", "."]) == "split\trow\tsequence\tletters:-\tpredicted")
    #expect(try header(letters, ["-", "."]) == "split\trow\tsequence\tletters:|\tpredicted")
    #expect(try header(sets, ["a", "b"]) == "split\trow\tsequence\tlabels\tpredicted\tscore:a\tscore:b")
    #expect(try header(sets, ["a-c", "b;"]) == "split\trow\tsequence\tlabels:|\tpredicted\tscore:a-c\tscore:b;")
    let file = text(try write(letters, classes: ["(", "."]).bytes())
    #expect(file.hasSuffix("\t(.-\t(..\n"), "\(file)")
    for column in ["letters:", "letters:ab", "values:-"] {
      let bad = MemoryArtifact(.predictions, ["": bytes("split\trow\tsequence\t\(column)\tpredicted\n")])
      let failure = #expect(throws: StageFailure.self) { _ = try PredictionsArtifact(bad) }
      #expect(failure?.message.contains("the first column is '\(column)'") == true, "\(failure?.message ?? "")")
    }
  }
}
