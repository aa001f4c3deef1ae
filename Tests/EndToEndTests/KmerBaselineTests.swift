import Foundation
import TestSupport
import Testing

/// The example of an own stage: logistic regression on k-mers, in Python with scikit-learn.
@Suite(.serialized) struct KmerBaselineTests {
  static let python: String? = {
    let program = Python.program(importing: "sklearn")
    if program == nil { print("no Python with scikit-learn: the k-mer baseline is not tested; see BIOARC_PYTHON") }
    return program
  }()
  static let data: URL? = {
    if Repository.data == nil { print("no data: the k-mer baseline is not tested on GUE; see BIOARC_DATA") }
    return Repository.data
  }()

  static let stages = """
    stages:
      tokens: { stage: tokenize, with: { scheme: kmer, k: 1 }, in: { sequences: $tasks } }
      scores:
        stage: fine-tune
        for: { architecture: [c8] }
        with: { epochs: 1 }
        in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $tasks }
      baseline:
        stage: kmer-baseline
        with: { c: [1], position-weights: [0.1], resamples: 500 }
        in: { task: $tasks }
      ranking:
        stage: rank
        in:
          scores: { from: $scores.metrics, over: { candidate: [architecture], task: [task] } }
          baselines: { from: $baseline.metrics, over: { task: [task] } }

    """

  /// A lab whose `python3` is `program` with `options`.
  private func lab(_ inputs: String, _ program: String, options: String = "") throws -> Lab {
    let lab = try Lab("bioarc: 1\nname: small\n" + inputs + Self.stages)
    try lab.workspace.write("bin/python3", "#!/bin/sh\nexec '\(program)' \(options) \"$@\"\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: lab.workspace.path("bin/python3"))
    return lab
  }

  private func run(_ lab: Lab, status: Int32 = 0) throws -> Execution {
    let path = lab.workspace.path("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    let execution = try Workspace.finish(
      lab.workspace.process(
        ["run", "pipelines/small.yaml", "--stages", Repository.root.path + "/stages"], environment: ["PATH": path]))
    #expect(execution.status == status, "\(execution.errors)")
    return execution
  }

  private func json(_ lab: Lab, _ step: String) throws -> [String: Any] {
    let text = try lab.bioarc("cat", step, "--stages", Repository.root.path + "/stages").output
    return try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func value(_ document: [String: Any], _ split: String, _ metric: String) throws -> Double {
    let metrics = try #require((document["metrics"] as? [String: Any])?[split] as? [String: Any])
    let entries = try #require(metrics["entries"] as? [[String: Any]])
    #expect(entries.compactMap { $0["metric"] as? String } == ["accuracy", "mcc", "f1", "auroc"])
    let estimate = try #require(entries.first { $0["metric"] as? String == metric }?["estimate"] as? [String: Double])
    let (value, low, high) = (estimate["value"]!, estimate["low"]!, estimate["high"]!)
    #expect(low <= value && value <= high && high - low < 0.3)
    return value
  }

  private static func gue(_ data: URL) -> String {
    """
    inputs:
      tasks:
        axis: task
        items:
          tata: { path: '\(data.path)/gue/prom/prom_core_tata', kind: labelled-sequences, format: gue }

    """
  }

  /// On human core promoters it reaches what was measured for such models, on the rows that fine-tune uses.
  @Test(.enabled(if: python != nil && data != nil)) func `the baseline reaches its known score on core promoters`()
    throws
  {
    let lab = try lab(Self.gue(Self.data!), Self.python!)
    let output = try run(lab).output
    #expect(output.contains("k-mer logistic regression"), "\(output)")
    let baseline = try json(lab, "baseline[task=tata].metrics")
    let scores = try json(lab, "scores[task=tata,architecture=c8].metrics")
    let rows = try #require(scores["rows"] as? [String: Any]).compactMapValues { $0 as? Int }
    let own = try #require(baseline["rows"] as? [String: Int])
    #expect(own.allSatisfy { rows[$0.key] == $0.value } && own["train"] == 4382, "\(own) \(rows)")
    let mcc = try value(baseline, "test", "mcc")
    #expect(0.75 < mcc && mcc < 0.85, "\(mcc)")
    #expect(try value(baseline, "test", "auroc") > 0.94)
    let confusion = try #require(
      ((baseline["metrics"] as? [String: Any])?["test"] as? [String: Any])?["confusion"] as? [[Double]])
    let (tn, fp, fn, tp) = (confusion[0][0], confusion[0][1], confusion[1][0], confusion[1][1])
    #expect(abs(mcc - (tp * tn - fp * fn) / ((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)).squareRoot()) < 1e-12)
    #expect(abs(try value(baseline, "test", "f1") - 2 * tp / (2 * tp + fp + fn)) < 1e-12)
    let ranking = try json(lab, "ranking.ranking")
    #expect((ranking["baselines"] as? [[String: Any]])?.count == 1)
    #expect((ranking["candidates"] as? [[String: Any]])?.count == 1)
  }

  private static let tiny = """
    inputs:
      tasks: { axis: task, items: { t: { path: tiny, kind: labelled-sequences, format: gue } } }

    """

  private func writeTiny(_ lab: Lab) throws {
    let row = { (index: Int) in
      let bits = UInt64(index + 1) &* 0x9E37_79B9_7F4A_7C15
      return String((0..<20).map { Array("ACGT")[Int(bits >> (2 * $0 + 20)) & 3] }) + ",\(index % 2)\n"
    }
    for (name, range) in [("train", 0..<60), ("dev", 60..<80), ("test", 80..<100)] {
      try lab.workspace.write("pipelines/tiny/\(name).csv", "sequence,label\n" + range.map(row).joined())
    }
  }

  /// Without scikit-learn the environment is to blame, and the message says what to do about it.
  @Test(.enabled(if: python != nil)) func `a missing scikit-learn is told with its remedy`() throws {
    let lab = try lab(Self.tiny, Self.python!, options: "-I -S")
    try writeTiny(lab)
    let errors = try run(lab, status: 1).errors
    #expect(errors.contains("kmer-baseline needs scikit-learn"), "\(errors)")
    #expect(errors.contains("pip install scikit-learn"))
  }

  private static func letters(_ number: Int) -> String {
    let bits = UInt64(number + 1) &* 0x9E37_79B9_7F4A_7C15
    return String((0..<20).map { Array("ACGT")[Int(bits >> (2 * $0 + 20)) & 3] })
  }

  private func only(_ lab: Lab, _ input: String) throws {
    try lab.write(
      "bioarc: 1\nname: small\ninputs:\n  t: \(input)\n"
        + "stages:\n  baseline: { stage: kmer-baseline, with: { k-max: 3, resamples: 200 }, in: { task: $t } }\n")
  }

  /// Values in a table without splits: ridge regression, measured as values are.
  @Test(.enabled(if: python != nil)) func `values without splits are fitted by ridge regression`() throws {
    let lab = try lab(Self.tiny, Self.python!)
    let rows = (0..<300).map { number -> String in
      let text = Self.letters(number)
      return "\(text),\(Double(text.filter { $0 == "A" }.count) + 0.25)\n"
    }
    try lab.workspace.write("pipelines/values.csv", "dna,y\n" + rows.joined())
    try only(
      lab,
      "{ path: values.csv, kind: labelled-sequences, format: csv, options: { sequence: dna, label: y, labels: value } }"
    )
    _ = try run(lab)
    let document = try json(lab, "baseline.metrics")
    #expect(document["model"] as? String == "k-mer ridge regression")
    let metrics = try #require(document["metrics"] as? [String: Any])
    #expect(metrics["primary"] as? String == "spearman")
    let entries = try #require((metrics["test"] as? [String: Any])?["entries"] as? [[String: Any]])
    #expect(entries.compactMap { $0["metric"] as? String } == ["rmse", "pearson", "spearman"])
    let spearman = try #require((entries[2]["estimate"] as? [String: Double])?["value"])
    #expect(spearman > 0.7, "\(spearman)")
    let counts = try #require(document["rows"] as? [String: Int])
    #expect(["train", "holdOut", "dev", "test"].reduce(0) { $0 + (counts[$1] ?? 0) } == 300)
    #expect(try lab.bioarc("show", "baseline", "--stages", Repository.root.path + "/stages").status == 0)
  }

  /// Classes in the words of FASTA headers, with an option that is not in its own code.
  @Test(.enabled(if: python != nil)) func `classes in FASTA headers are learnt`() throws {
    let lab = try lab(Self.tiny, Self.python!)
    let records = (0..<240).map { number -> String in
      let label = number % 3 == 0 ? "Nucleus" : number % 3 == 1 ? "Membrane" : "Other"
      let motif = ["AAAAAA", "CCCCCC", "GTGTGT"][number % 3]
      return ">s\(number) \(label)-M \(number % 5 == 0 ? "test" : "")\n\(Self.letters(number))\(motif)\n"
    }
    try lab.workspace.write("pipelines/places.fa", records.joined())
    try only(
      lab,
      "{ path: places.fa, kind: labelled-sequences, format: fasta, "
        + "options: { label-separator: '-', label-part: 1, split: 3 } }"
    )
    _ = try run(lab)
    let document = try json(lab, "baseline.metrics")
    #expect(try value(document, "test", "accuracy") > 0.9)
  }

  @Test(.enabled(if: python != nil)) func `labels of a kind without a model are a failure`() throws {
    let lab = try lab(Self.tiny, Self.python!)
    try lab.workspace.write(
      "pipelines/sets.csv",
      "sequence,label\n" + (0..<90).map { "\(Self.letters($0)),\($0 % 2 == 0 ? "a;b" : "b")\n" }.joined())
    try only(lab, "{ path: sets.csv, kind: labelled-sequences, format: csv, options: { labels: set } }")
    let errors = try run(lab, status: 1).errors
    #expect(errors.contains("the task has labels of the kind set"), "\(errors)")
  }

  @Test(.enabled(if: python != nil)) func `a task that the baseline cannot read is a failure`() throws {
    let lab = try lab(Self.tiny, Self.python!)
    try writeTiny(lab)
    try lab.workspace.write(
      "pipelines/small.yaml",
      "bioarc: 1\nname: small\n" + Self.tiny
        + """
        stages:
          baseline: { stage: kmer-baseline, with: { k-min: 5, k-max: 4 }, in: { task: $tasks } }

        """)
    let errors = try run(lab, status: 1).errors
    #expect(errors.contains("k-min 5 is above k-max 4"), "\(errors)")
  }
}
