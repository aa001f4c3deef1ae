import Foundation
import TestSupport
import Testing

/// Features judged without training a network, on the built program: nearest neighbours of real barcodes by k-mers, and
/// embeddings of a small network.
@Suite(.serialized) struct BarcodeTests {
  static let data: URL? = {
    if Repository.data == nil { print("no data: nearest neighbours of barcodes are not tested; see BIOARC_DATA") }
    return Repository.data
  }()

  /// Lepidoptera of the Area de Conservacion Guanacaste. The columns' names are shifted.
  private static func input(_ data: URL, _ options: String) -> String {
    "{ path: '\(data.path)/barcodes/acg_lepidoptera_coi.csv', kind: labelled-sequences, format: csv, "
      + "options: { sequence: Code, gaps: strip, metric: accuracy, \(options) } }"
  }

  private func document(_ lab: Lab, _ step: String) throws -> [String: Any] {
    let text = try lab.bioarc("cat", step).output
    return try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func value(_ document: [String: Any], _ split: String, _ metric: String) throws -> Double {
    let metrics = try #require((document["metrics"] as? [String: Any])?[split] as? [String: Any])
    let entries = try #require(metrics["entries"] as? [[String: Any]])
    let entry = try #require(entries.first { $0["metric"] as? String == metric })
    return try #require((entry["estimate"] as? [String: Any])?["value"] as? Double)
  }

  /// Published for such neighbours are 98.8 % of species, where equal barcodes may be in train and test, and 85.1 % of
  /// genera of unseen species; which species are unseen moves the latter by ten points.
  @Test(.enabled(if: data != nil)) func `neighbours of barcodes by k-mers name species, and genera of unseen species`()
    throws
  {
    let data = Self.data!
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        tasks:
          axis: task
          items:
            closed: \(Self.input(data, "label: Sub-Species, min-rows: 5, stratify: true"))
            open: \(Self.input(data, "label: Species, group: Sub-Species, incomplete: drop, unseen: drop"))
            wrong: \(Self.input(data, "label: Species, group: Sub-Species, incomplete: drop, unseen: keep"))
      stages:
        kmers: { stage: probe, with: { strands: one }, in: { task: $tasks } }
      """)
    try lab.run()
    let closed = try document(lab, "kmers[task=closed].metrics"), open = try document(lab, "kmers[task=open].metrics")
    let wrong = try document(lab, "kmers[task=wrong].metrics")
    let species = try value(closed, "test", "accuracy"), genus = try value(open, "test", "accuracy")
    #expect(0.95 < species && species < 1, "\(species)")
    #expect(0.7 < genus && genus < 0.95, "\(genus)")
    let rows = try #require(open["rows"] as? [String: Any]), all = try #require(wrong["rows"] as? [String: Any])
    let unseen = try #require(all["testUnseen"] as? Int)
    let (known, test) = (try #require(rows["test"] as? Int), try #require(all["test"] as? Int))
    #expect(test == known + unseen && unseen > 0)
    #expect(((rows["notes"] as? [String]) ?? []).contains { $0.contains("a class that train has not") })
    // Rows of genera that train does not have are wrong, and no others.
    #expect(abs(try value(wrong, "test", "accuracy") * Double(test) - genus * Double(known)) < 1e-6)
    let shown = try lab.bioarc("show", "kmers[task=wrong]").output
    #expect(shown.contains("of the others are right"), "\(shown)")
  }

  private static let pipeline = """
    bioarc: 1
    name: small
    stages:
      promoters: { stage: synthesize, with: { train: 120, dev: 40, test: 40, seed: 3 } }
      tokens: { stage: tokenize, with: { scheme: kmer, k: 2 }, in: { sequences: $promoters } }
      space: { stage: sample-space, with: { architectures: [c16, t16] } }
      network:
        stage: pretrain
        with: { steps: 4, batch: 8, length: 32, warm-up: 2 }
        in: { tokens: $tokens.tokens, tokenizer: $tokens.tokenizer, space: $space.space }
      features:
        stage: embed
        for: { architecture: [c16, t16] }
        in:
          weights: $network.weights
          tokenizer: $tokens.tokenizer
          architecture: $architecture
          sequences: $promoters
      near: { stage: probe, with: { k: 5 }, in: { task: $promoters, embeddings: $features } }
      linear: { stage: probe, with: { method: linear }, in: { task: $promoters, embeddings: $features } }
      kmers: { stage: probe, in: { task: $promoters } }
      groups: { stage: cluster, with: { pca: 4 }, in: { task: $promoters, embeddings: $features } }
      ranking:
        stage: rank
        with: { metric: accuracy, aggregate: harmonic-mean }
        in:
          scores: { from: [$near.metrics, $near.predictions], over: { candidate: [architecture] } }
          baselines: [$kmers.metrics, $kmers.predictions]
      together:
        stage: ensemble
        with: { threshold: half }
        in: { members: { from: [$near.metrics, $near.predictions], over: { member: [architecture] } } }
    """

  /// Probes of embeddings are candidates, for embeddings know their network.
  @Test func `architectures are ranked by what their embeddings tell`() throws {
    let lab = try Lab(Self.pipeline)
    try lab.run()
    let ranking = try document(lab, "ranking.ranking")
    #expect((ranking["candidates"] as? [[String: Any]])?.count == 2)
    #expect((ranking["baselines"] as? [[String: Any]])?.first?["model"] as? String == "k-mer nearest neighbours")
    let shown = try lab.bioarc("show", "ranking").output
    #expect(shown.contains("the harmonic mean of the results"), "\(shown)")
    #expect(try lab.bioarc("show", "groups[architecture=c16]").output.contains("ami"))
    #expect(try document(lab, "linear[architecture=t16].metrics")["architecture"] as? String == "t16")
    // A default that is written out is no other key.
    try lab.write(
      Self.pipeline.replacing("stage: probe, in: {", with: "stage: probe, with: { method: nearest }, in: {"))
    #expect(try lab.run().started.isEmpty)
  }

  private static let umap: String? = {
    let program = Python.program(importing: "umap")
    if program == nil { print("no Python with umap-learn: only its absence is tested; see BIOARC_PYTHON") }
    return program
  }()

  private func run(_ lab: Lab, _ program: String, options: String = "") throws -> Execution {
    // The folder of this script is the first in PATH, and without it `python3` is the machine's.
    try lab.workspace.write(
      "bin/python3", "#!/bin/sh\nPATH=${PATH#*:} exec '\(program)' \(options) \"$@\"\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: lab.workspace.path("bin/python3"))
    let path = lab.workspace.path("bin") + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "")
    return try Workspace.finish(
      lab.workspace.process(
        ["run", "pipelines/small.yaml", "--stages", Repository.root.path + "/stages"],
        environment: ["PATH": path]))
  }

  private static let reduced = pipeline.replacing(
    "  ranking:",
    with: """
        reduced: { stage: umap, with: { dimensions: 3 }, in: { task: $promoters, embeddings: $features } }
        fewer: { stage: cluster, with: { pca: 0 }, in: { task: $promoters, embeddings: $reduced.embeddings } }
        ranking:
      """)

  @Test(.enabled(if: umap != nil)) func `embeddings are reduced by UMAP`() throws {
    let lab = try Lab(Self.reduced)
    let execution = try run(lab, Self.umap!)
    #expect(execution.status == 0, "\(execution.errors)")
    let shown = try lab.bioarc("show", "fewer[architecture=c16]", "--stages", Repository.root.path + "/stages").output
    #expect(shown.contains("2 clusters in 3 dimensions") && shown.contains("c16"), "\(shown)")
  }

  /// Without umap-learn the environment is to blame, and the message says what to do about it.
  @Test func `a missing umap-learn is told with its remedy`() throws {
    let execution = try run(Lab(Self.reduced), "python3", options: "-I -S")
    #expect(execution.status == 1 && execution.errors.contains("umap needs umap-learn"), "\(execution.errors)")
    #expect(execution.errors.contains("pip install umap-learn"))
  }
}
