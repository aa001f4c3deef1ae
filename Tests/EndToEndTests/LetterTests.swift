import Foundation
import TestSupport
import Testing

/// The built program on letters that are easily lost: at the ends of sequences and of records, and around gaps.
@Suite struct LetterTests {
  /// Letters that follow from a number.
  private static func letters(_ number: Int, _ length: Int) -> String {
    var state = UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15
    return String(
      (0..<length).map { _ in
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Array("ACGT")[Int(state >> 60 & 3)]
      })
  }

  /// The label is in the last four of 70 letters, which are in no whole 6-mer.
  @Test func `a model of k-mers sees the end of a sequence`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        task: { path: ends.csv, kind: labelled-sequences, format: csv }
      stages:
        tokens:
          stage: tokenize
          for: { tail: [letters, drop] }
          with: { scheme: kmer, k: 6, tail: $tail }
          in: { sequences: $task }
        scores:
          stage: fine-tune
          with: { epochs: 8, lr: 0.01 }
          in: { tokenizer: $tokens.tokenizer, architecture: c8, task: $task }
      """)
    let rows = (0..<600).map { "\(Self.letters($0, 66))\($0 % 2 == 0 ? "TTTT" : "AAAA"),\($0 % 2)\n" }
    try lab.workspace.write("pipelines/ends.csv", "sequence,label\n" + rows.joined())
    let run = try lab.bioarc("run")
    #expect(run.status == 0, "\(run.errors)")
    let mcc = { (tail: String) throws -> Double in
      let shown = try lab.bioarc("show", "scores[tail=\(tail)]", "--json").output
      let content = try #require(
        (try JSONSerialization.jsonObject(with: Data(shown.utf8)) as? [[String: Any]])?.first?["content"]
          as? [String: Any])
      let dev = (content["metrics"] as? [String: Any])?["dev"] as? [String: Any]
      let entry = (dev?["entries"] as? [[String: Any]])?.first { $0["metric"] as? String == "mcc" }
      return try #require((entry?["estimate"] as? [String: Any])?["value"] as? Double)
    }
    #expect(try mcc("letters") > 0.5)
    #expect(try mcc("drop") < 0.4)
    let warnings = run.errors.split(separator: "\n").filter {
      $0.contains("letters in no token") || $0.contains("are in no token")
    }
    #expect(
      warnings.contains { $0.hasPrefix("tokens[tail=drop]: warning: ") && $0.contains("(5.7 %)") }, "\(run.errors)")
    #expect(warnings.allSatisfy { !$0.contains("tail=letters") }, "\(run.errors)")
    let counts = try lab.bioarc("show", "tokens[tail=drop].counts").output
    #expect(counts.contains("letters in no token"), "\(counts)")
    #expect(try lab.bioarc("show", "scores[tail=drop]").output.contains("in no token"))
  }

  /// Contigs shorter than a window, and pieces between gaps, are windows by default; the stage's name alone stands for
  /// the windows, whatever else the stage tells.
  @Test func `short contigs and pieces between gaps are windows`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        genome: { path: contigs.fa, kind: sequences, format: fasta }
      stages:
        windows:
          stage: windows
          for: { rest: [keep, drop] }
          with: { length: 64, rest: $rest }
          in: { sequences: $genome }
        tokens: { stage: tokenize, in: { sequences: $windows } }
      """)
    let contigs = (0..<30).map { ">c\($0)\n\(Self.letters($0, [20, 70, 300][$0 % 3]))\nNNNN\n\(Self.letters($0, 9))\n" }
    try lab.workspace.write("pipelines/contigs.fa", contigs.joined())
    let run = try lab.bioarc("run")
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.contains("windows[rest=drop]: warning: "), "\(run.errors)")
    #expect(run.errors.contains("are in pieces shorter than a window; 'rest: keep'"), "\(run.errors)")
    #expect(run.errors.contains("are shorter than 'length'; 'rest: drop' leaves them out"), "\(run.errors)")
    #expect(!run.errors.contains("windows[rest=keep]: warning: no"), "\(run.errors)")
    let shown = try lab.bioarc("show", "windows[rest=keep]").output
    #expect(shown.contains("letters in no window") && shown.contains("in gaps"), "\(shown)")
    let fasta = try lab.bioarc("cat", "windows[rest=keep]", "train.fasta").output
    #expect(fasta.contains(">c0:0-20\n") && fasta.contains(">c1:6-70\n"), "\(fasta.prefix(300))")
  }

  /// Steps of one stage that give one warning show it once, with their number.
  @Test func `equal warnings are shown once with their number`() throws {
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      stages:
        promoters: { stage: synthesize, with: { train: 20, dev: 10, test: 10 } }
        tokens:
          stage: tokenize
          for: { k: [1, 2, 3] }
          with: { k: $k, held-out: 0.1 }
          in: { sequences: $promoters }
      """)
    let run = try lab.bioarc("run")
    let lines = run.errors.split(separator: "\n").filter { $0.contains("'held-out' is not read") }
    #expect(lines.count == 2, "\(run.errors)")
    #expect(lines.last?.contains(" and 2 more steps: warning: ") == true, "\(run.errors)")
  }
}
