import Artifacts
import Foundation
import Inputs
import Rankings
import Testing

@testable import DataStages
@testable import Stages
@testable import TaskStages

/// The baseline of labels of letters.
@Suite struct LetterBaselineTests {
  /// Proteins of 30 residues, each labelled by the residue three behind it: `a` for the first ten, else `b`; the last
  /// three have no label.
  private static func proteins(_ count: Int) -> String {
    let letters = Array("ACDEFGHIKLMNPQRSTVWY")
    return (0..<count).map { row in
      var state = UInt64(row + 1) &* 0x9E37_79B9_7F4A_7C15
      let numbers = (0..<30).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 40 % 20)
      }
      let labels = numbers.indices.map { $0 + 3 < 30 ? (numbers[$0 + 3] < 10 ? "a" : "b") : "." }
      let split = ["train", "train", "train", "dev", "test"][row % 5]
      return "\(String(numbers.map { letters[$0] })),\(labels.joined()),\(split)\n"
    }.joined()
  }

  private static let task = MemoryArtifact(
    .labelledSequences, ["": Array(("sequence,label,split\n" + proteins(200)).utf8)], format: "csv",
    options: ["labels": "letters", "ignore": ".", "split": "split", "alphabet": "protein"])

  private func run(
    _ task: MemoryArtifact, _ parameters: [String: Value] = [:], threads: Int = 1
  ) throws -> (run: MemoryRun, document: MetricsDocument) {
    let run = MemoryRun()
    try run.run(BaselineStage.self, parameters, ["task": task], threads: threads)
    return (run, try JSONArtifact.decode(MetricsDocument.self, run.output("metrics", .metrics).bytes()))
  }

  @Test func `letters around one tell its label as far as they are read`() throws {
    let (wide, document) = try run(Self.task, ["letters": .int(2000)])
    #expect(try #require(document.metrics.test[.accuracy]?.value) > 0.99)
    #expect(document.model == "letter-window logistic regression" && document.classes == ["a", "b"])
    #expect(document.settings?.contains("fitted to 2,000 of ") == true, "\(document.settings ?? "")")
    let (_, narrow) = try run(Self.task, ["reach": .int(2), "letters": .int(2000)])
    #expect(abs(try #require(narrow.metrics.test[.accuracy]?.value) - 0.5) < 0.1)
    // Its predictions are those of a fine-tune in form: a letter without a label is not measured.
    let predictions = try PredictionsArtifact(wide.output("predictions", .predictions))
    #expect(predictions.splits.keys.sorted() == ["dev", "hold-out", "test"])
    let text = String(decoding: wide.output("predictions", .predictions).files[""] ?? [], as: UTF8.self)
    let row = try #require(text.split(separator: "\n").last).split(separator: "\t")
    #expect(row[3].hasSuffix("...") && row[3].utf8.count == 30 && row[4].utf8.count == 30, "\(row)")
  }

  @Test func `the number of threads does not matter to a baseline of letters`() throws {
    for parameters in [["letters": Value.int(500)], ["letters": .int(0), "c": .list([.float(1)])]] {
      let one = try run(Self.task, parameters).run.digest
      #expect(try run(Self.task, parameters, threads: 3).run.digest == one)
    }
  }

  /// Genes of codons that begin with A or C on the forward strand, of their complements on the reverse one, among
  /// letters at random: single letters and their neighbours tell little, words in frames tell much.
  private static func genes(_ count: Int) -> String {
    (0..<count).map { row in
      var state = UInt64(row + 7) &* 0x9E37_79B9_7F4A_7C15
      let draw = { (bound: Int) in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state >> 33) % bound
      }
      let codons = ["ACG", "CAT", "CCA", "AAG", "ATC", "CTG"], others = ["CGT", "ATG", "TGG", "CTT", "GAT", "CAG"]
      var (letters, labels) = ("", "")
      while letters.count < 600 {
        let kind = draw(3)
        for _ in 0..<(20 + draw(30)) {
          letters +=
            kind == 0
            ? codons[draw(6)] : kind == 1 ? others[draw(6)] : String((0..<3).map { _ in Array("ACGT")[draw(4)] })
          labels += ["FFF", "RRR", "NNN"][kind]
        }
        let gap = draw(3)
        letters += "ACG".prefix(gap)
        labels += "NNN".prefix(gap)
      }
      return "\(letters),\(labels),\(["train", "train", "train", "dev", "test"][row % 5])\n"
    }.joined()
  }

  @Test func `words in frames tell genes of both strands`() throws {
    let task = MemoryArtifact(
      .labelledSequences, ["": Array(("sequence,label,split\n" + Self.genes(60)).utf8)], format: "csv",
      options: ["labels": "letters", "split": "split"])
    let (_, document) = try run(
      task, ["letters": .int(4000), "reach": .int(2), "c": .list([.float(0.1), .float(1)])])
    #expect(try #require(document.metrics.test[.accuracy]?.value) > 0.9)
    #expect(document.metrics.primary == .mcc)
  }

  @Test func `parameters of the other kind of labels are told`() throws {
    for (labels, parameter) in [("letters", "k-max"), ("class", "reach")] {
      let settings = StageSettings(
        values: ["k-max": .int(5), "reach": .int(3)], options: ["task": ["labels": labels]])
      let found = BaselineStage.declaration.rules.flatMap { $0.findings(settings) }
      #expect(found.map(\.message).contains { $0.hasPrefix("'\(parameter)' is not read") }, "\(found)")
    }
  }
}
