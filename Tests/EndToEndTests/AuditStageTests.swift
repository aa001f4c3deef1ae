import Foundation
import TestSupport
import Testing

/// Audits of tasks on the built program: of planted defects, in a ranking, and of those that notes of real data list.
@Suite(.serialized) struct AuditStageTests {
  static let data: URL? = {
    if Repository.data == nil { print("no data: the defects of real data are not looked for; see BIOARC_DATA") }
    return Repository.data
  }()

  private struct Found {
    let severity: String
    let text: String
    let counts: [[String: Any]]
    let measures: [[String: Any]]

    /// The count whose name contains a text.
    func count(_ name: String) throws -> Int {
      let count = counts.first { ($0["name"] as? String)?.contains(name) == true }
      return try #require(count?["count"] as? Int, "\(name) in \(counts.compactMap { $0["name"] })")
    }

    func value(_ name: String, _ metric: String) throws -> Double {
      let measure = measures.first { $0["name"] as? String == name && $0["metric"] as? String == metric }
      return try #require((measure?["estimate"] as? [String: Any])?["value"] as? Double, "\(name) \(metric)")
    }
  }

  /// The findings of an audit, by code.
  private func findings(_ text: String) throws -> [String: Found] {
    let document = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    var found: [String: Found] = [:]
    for finding in try #require(document["findings"] as? [[String: Any]]) {
      found[try #require(finding["code"] as? String)] = Found(
        severity: try #require(finding["severity"] as? String), text: try #require(finding["text"] as? String),
        counts: finding["counts"] as? [[String: Any]] ?? [], measures: finding["measures"] as? [[String: Any]] ?? [])
    }
    return found
  }

  private static let planted = """
    bioarc: 1
    name: small
    inputs:
      leaky: { axis: task, items: { own: { path: leaky, kind: labelled-sequences, format: gue } } }
    stages:
      sound:
        stage: synthesize
        with: { train: 120, dev: 40, test: 40, seed: 3 }
      audit-of-sound: { stage: audit, in: { task: $sound } }
      audit-of-leaky: { stage: audit, with: { examples: 2 }, in: { task: $leaky, corpus: $sound } }
      tokens: { stage: tokenize, with: { k: 3 }, in: { sequences: $sound } }
      scores:
        stage: fine-tune
        for: { architecture: [c8, t8] }
        with: { epochs: 1 }
        in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $leaky }
      ranking:
        stage: rank
        in:
          scores: { from: $scores.metrics, over: { candidate: [architecture], task: [task] } }
          audits: { from: $audit-of-leaky, over: { task: [task] } }

    """

  /// Rows of random letters; those of label 1 are longer, and the first of dev and test are rows of train.
  private static func leaky() -> [String: String] {
    var random = RandomNumbers(seed: 11)
    var first: [String] = []
    var tables: [String: String] = [:]
    for (split, rows) in [("train", 200), ("dev", 60), ("test", 60)] {
      var lines = (0..<rows).map { row in
        String(decoding: random.letters("ACGT", row % 2 == 0 ? 60 : 90), as: UTF8.self) + ",\(row % 2)"
      }
      if split == "train" { first = Array(lines.prefix(5)) } else { lines.replaceSubrange(0..<5, with: first) }
      tables["\(split).csv"] = "sequence,label\n" + lines.joined(separator: "\n") + "\n"
    }
    return tables
  }

  @Test func `planted leaks and shortcuts are found, shown, and stand below a ranking`() throws {
    let lab = try Lab(Self.planted)
    for (name, text) in Self.leaky() { try lab.workspace.write("pipelines/leaky/\(name)", text) }
    let events = try lab.run()
    #expect(events.all.contains { "\($0)".contains("exact-across-splits: sequences are in two splits") })
    let leaky = try findings(lab.bioarc("cat", "audit-of-leaky[task=own].audit").output)
    #expect(leaky["exact-across-splits"]?.severity == "grave")
    #expect(try leaky["exact-across-splits"]?.count("dev in train") == 5)
    #expect(try leaky["exact-across-splits"]?.count("test in train") == 5)
    #expect(leaky["length-shortcut"]?.severity == "grave")
    #expect(try #require(leaky["length-shortcut"]).value("test", "mcc") == 1)
    #expect(leaky["corpus-overlap"]?.severity == "fine")
    let sound = try findings(lab.bioarc("cat", "audit-of-sound.audit").output)
    #expect(sound["exact-across-splits"]?.severity == "fine")
    #expect(sound["length-shortcut"]?.severity == "fine")
    let shown = try lab.bioarc("show", "audit-of-leaky").output
    #expect(shown.contains("length-shortcut") && shown.contains("dev 1, label 0"), "\(shown)")
    let ranking = try lab.bioarc("show", "ranking").output
    #expect(ranking.contains("an audit found"), "\(ranking)")
    #expect(ranking.contains("grave: exact-across-splits, length-shortcut"), "\(ranking)")
    // The findings stand beside each score that has the task, and in its document.
    let scores = try lab.bioarc("show", "scores[task=own,architecture=c8].metrics").output
    #expect(
      scores.contains("the audit audit-of-leaky[task=own] of this task found grave: exact-across-splits"), "\(scores)")
    let document = try lab.bioarc("show", "scores[task=own,architecture=c8].metrics", "--json").output
    #expect(document.contains("\"audits\"") && document.contains("exact-across-splits"))
    #expect(try !lab.bioarc("show", "tokens").output.contains("audit"))
    // Without the audit the ranking is as it was: its key names what is bound.
    try lab.write(
      Self.planted.replacingOccurrences(
        of: "      audits: { from: $audit-of-leaky, over: { task: [task] } }\n", with: ""))
    try lab.run()
    #expect(try !lab.bioarc("show", "ranking").output.contains("an audit found"))
  }

  /// Each defect that the notes beside the data list and a task can show, with its number.
  @Test(.enabled(if: data != nil)) func `the defects that notes of real data list are found by their numbers`() throws {
    let data = Self.data!
    let lab = try Lab(Repository.text("pipelines/audit.yaml"))
    let stages = Repository.root.appendingPathComponent("stages")
    for name in ["residue-labels.yaml", "residue_labels.py", "mutants.yaml", "mutants.py"] {
      try lab.workspace.write(
        "stages/\(name)", String(contentsOf: stages.appendingPathComponent(name), encoding: .utf8))
    }
    let isStress = ProcessInfo.processInfo.environment["BIOARC_STRESS"] == "1"
    let few = [
      "audits[task=tf4]", "audits[task=core-all]", "audits[task=yeast-by-first]", "windows", "promoters-audit",
      "fungi-audits[fungus=its1-genus]", "residues", "mutants-audits[split=position]", "genome-audits[genome=phages]",
    ]
    let set = ["--set", "data=\(data.path)"]
    try lab.run(set + (isStress ? [] : few.flatMap { ["--only", $0] }))
    let audit = { (step: String) throws -> [String: Found] in
      let process = lab.workspace.process(["cat", "pipelines/small.yaml", "\(step).audit"] + set)
      return try findings(Workspace.finish(process).output)
    }
    let tf4 = try audit("audits[task=tf4]")
    #expect(try tf4["exact-across-splits"]?.count("dev in train") == 358)
    #expect(tf4["split-shift"]?.severity == "grave")
    let promoters = try audit("audits[task=core-all]")
    #expect(try promoters["exact-across-splits"]?.count("test in train") == 43)
    #expect(try promoters["exact-across-splits"]?.count("dev in train") == 54)
    #expect(try promoters["contradictory-labels"]?.count("of train with several") == 40)
    let degree = try #require(try audit("audits[task=yeast-by-first]")["pair-degree-shortcut"])
    #expect(degree.severity == "grave")
    #expect(abs(try degree.value("pairs parted at random", "accuracy") - 0.82) < 0.01)
    let windows = try audit("windows")
    #expect(try windows["near-across-splits"]?.count("rows of test with 50 % or more in train") == 4)
    #expect(windows["class-balance"]?.text.contains("B (") == true, "\(windows)")
    let expression = try audit("promoters-audit")
    #expect(try expression["corpus-overlap"]?.count("at several places") == 75)
    let overlap = try #require(expression["overlapping-windows"])
    let pairs = try #require(overlap.counts.first)
    let share = Double(try #require(pairs["count"] as? Int)) / Double(try #require(pairs["total"] as? Int))
    #expect(abs(share - 0.177) < 0.002, "\(overlap.text)")
    let fungi = try audit("fungi-audits[fungus=its1-genus]")
    // The notes count 180: there a sequence with and without a genus has two.
    #expect(try fungi["contradictory-labels"]?.count("of all splits") == 174)
    #expect(try fungi["lengths"]?.count("fewer than 80") == 29)
    #expect(fungi["repeats-within"]?.severity == "grave")
    // 21 without a genus, and 35 whose sequence is not in the file.
    #expect(fungi["rows-left-out"]?.text.contains("no sequence has: 56") == true, "\(fungi)")
    let residues = try audit("residues")
    #expect(try residues["other-letters"]?.count("letters other than") == 177)
    let unresolved = try #require(residues["unlabelled-letters"]?.counts.first)
    let part = Double(try #require(unresolved["count"] as? Int)) / Double(try #require(unresolved["total"] as? Int))
    #expect(abs(part - 0.066) < 0.001)
    let mutants = try audit("mutants-audits[split=position]")
    #expect(mutants["unseen-mutations"]?.severity == "notable")
    #expect(mutants["value-groups"]?.severity == "notable")
    let phages = try audit("genome-audits[genome=phages]")
    #expect(try phages["repeats-within"]?.count("rows of train that repeat") == 3)
  }
}
