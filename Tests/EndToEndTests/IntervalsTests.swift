import Foundation
import TestSupport
import Testing

/// A genome with intervals on it, from files to a ranking, on the built program.
@Suite(.serialized) struct IntervalsTests {
  private static let pipeline = """
    bioarc: 1
    name: small
    inputs:
      genome: { path: genome.fa, kind: sequences, format: fasta }
      peaks: { path: peaks.bed, kind: intervals, format: bed }
    stages:
      peaks-task:
        stage: intervals
        with: { length: 24, dev: [chr2], test: [chr3], gc-tolerance: 0.2 }
        in: { genome: $genome, intervals: $peaks }
      tokens: { stage: tokenize, with: { scheme: character }, in: { sequences: $peaks-task } }
      scores:
        stage: fine-tune
        for: { architecture: [c8, t8] }
        with: { epochs: 1, hold-out: 0.3 }
        in: { tokenizer: $tokens.tokenizer, architecture: $architecture, task: $peaks-task }
      ranking:
        stage: rank
        in: { scores: { from: $scores.metrics, over: { candidate: [architecture] } } }

    """

  private func lab(_ pipeline: String = Self.pipeline) throws -> Lab {
    let lab = try Lab(pipeline)
    var state: UInt64 = 88_172_645_463_325_252
    let records = (1...3).map { record in
      let letters = String(
        (0..<3000).map { _ in
          state ^= state << 13
          state ^= state >> 7
          state ^= state << 17
          return Array("ACGTacgt")[Int(state >> 60 & 7)]
        })
      return ">chr\(record) made up\n\(letters)\n"
    }
    try lab.workspace.write("pipelines/genome.fa", records.joined())
    let peaks = (1...3).flatMap { record in
      (0..<25).map { "chr\(record)\t\(50 + 100 * $0)\t\(70 + 100 * $0)\tp\($0)\t\($0)\t\($0 % 2 == 0 ? "+" : "-")\n" }
    }
    try lab.workspace.write("pipelines/peaks.bed", peaks.joined() + "2\t0\t50\tlost\t0\t+\n")
    return lab
  }

  @Test func `a genome with intervals leads to a ranking`() throws {
    let lab = try lab()
    let execution = try Workspace.finish(lab.workspace.process(["run", "pipelines/small.yaml"]))
    #expect(execution.status == 0, "\(execution.errors)")
    #expect(execution.errors.contains("`2` (the genome has `chr2`); record-names: loose"), "\(execution.errors)")
    let shown = try lab.bioarc("show", "peaks-task").output
    #expect(shown.contains("76 intervals, windows of 24 letters"), "\(shown)")
    #expect(shown.contains("on a record that the genome has not"), "\(shown)")
    let json = try lab.bioarc("show", "peaks-task", "--json").output
    #expect(json.contains("\"leftOut\""), "\(json)")
    // A line that is wrong is a finding with its place.
    try lab.workspace.write("pipelines/peaks.bed", "chr1\t1\t5\nchr1\tx\t5\n")
    let bad = try Workspace.finish(lab.workspace.process(["run", "pipelines/small.yaml"]))
    #expect(bad.status == 2 && bad.errors.contains("peaks.bed:2: `x` and `5` are no start and end"), "\(bad.errors)")
  }

  @Test func `options of intervals are checked`() throws {
    let lab = try lab(Self.pipeline.replacing("format: bed }", with: "format: bed, options: { types: CDS } }"))
    let bad = try Workspace.finish(lab.workspace.process(["run", "pipelines/small.yaml"]))
    #expect(bad.status == 2, "\(bad.errors)")
    #expect(bad.errors.contains("the format 'bed' of intervals has no option 'types'"), "\(bad.errors)")
    try lab.write(Self.pipeline.replacing("gc-tolerance: 0.2", with: "label: score, labels: value"))
    #expect(try lab.bioarc("check").errors.contains("negatives have no value"))
  }

  /// Starts of all coding sequences of E. coli: on both strands a start codon is in the middle of the window.
  @Test(.enabled(if: Repository.data != nil)) func `windows at starts of genes have a start codon`() throws {
    let genomes = try #require(Repository.data).path + "/genomes"
    let lab = try Lab(
      """
      bioarc: 1
      name: small
      inputs:
        genome: { path: '\(genomes)/ecoli_k12_mg1655.fa.gz', kind: sequences, format: fasta }
        genes:
          path: '\(genomes)/ecoli_k12_mg1655.gff.gz'
          kind: intervals
          format: gff
          options: { type: CDS }
      stages:
        starts:
          stage: intervals
          with: { length: 60, center: start, avoid: windows, record-names: loose }
          in: { genome: $genome, intervals: $genes }

      """)
    try lab.run()
    let document = try #require(
      JSONSerialization.jsonObject(
        with: Data(try lab.bioarc("cat", "starts.sequences", "task.json").output.utf8)) as? [String: Any])
    #expect(document["intervals"] as? Int == 4340)
    let rows = try lab.bioarc("cat", "starts.sequences", "train.csv").output.split(separator: "\n").dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    for strand in ["+", "-"] {
      let positives = rows.filter { $0[2] == "1" && $0[6] == strand }
      let codons = positives.filter { ["ATG", "GTG", "TTG"].contains(String($0[1].dropFirst(30).prefix(3))) }
      #expect(positives.count > 1500 && codons.count * 100 > positives.count * 98, "\(codons.count) \(positives.count)")
    }
    let negatives = rows.filter { $0[2] == "0" }
    let codons = negatives.filter { ["ATG", "GTG", "TTG"].contains(String($0[1].dropFirst(30).prefix(3))) }
    #expect(negatives.count > 3000 && codons.count * 10 < negatives.count)
    let share = { (rows: [[String]]) in
      Double(rows.reduce(0) { $0 + $1[1].filter { $0 == "G" || $0 == "C" }.count }) / Double(60 * rows.count)
    }
    #expect(abs(share(rows.filter { $0[2] == "1" }) - share(negatives)) < 0.01)
  }
}
