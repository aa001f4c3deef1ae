import Artifacts
import AuditStages
import DataStages
import Inputs
import LikelihoodStages
import ModelStages
import PageWriting
import ProbeStages
import SearchStages
import StudyStages
import TaskStages
import UseStages

/// Sections that show results of some kinds as they are shown one by one.
enum ViewSections {
  private struct Content {
    let id: String
    let title: String
    let kinds: [ArtifactKind]
    /// The stage that would fill it.
    let lack: String
  }

  private static let similarity = Content(
    id: "tasks", title: "Likeness of tasks", kinds: [.similarity, .comparison],
    lack: "No likeness of tasks: a stage 'similarity' compares what several tasks say about the same candidates, and "
      + "'compare' compares methods over tasks")
  private static let audits = Content(
    id: "audits", title: "Audits of tasks", kinds: [.audit],
    lack: "No audit: a stage 'audit' looks for leaks between splits, contradictions and shortcuts")
  private static let attribution = Content(
    id: "attribution", title: "What predictions rest on", kinds: [.attribution, .motifs, .receptiveField],
    lack: "No attribution: the stages 'attribute' and 'receptive-field' show which letters a prediction rests on")
  private static let likelihoods = Content(
    id: "likelihoods", title: "Likelihoods", kinds: [.assessed, .contextBits],
    lack: "No likelihoods: the stages 'score', 'variants' and 'assess' hold those of a model against labels")
  private static let probes = Content(
    id: "embeddings", title: "Embeddings", kinds: [.clusters],
    lack: "No clusters: the stage 'cluster' holds embeddings against classes")
  private static let search = Content(
    id: "search", title: "The next candidates", kinds: [.forecast, .assessment, .lineage],
    lack: "No predicted scores: the stages 'predict-scores' and 'vary' propose candidates")
  private static let data = Content(
    id: "data", title: "Data, tokenizers and the search space",
    kinds: [.sequences, .labelledSequences, .tokenizer, .tokens, .space], lack: "No data were made in this run")

  /// Results of each stage that are shown.
  private static let limit = 4

  static func studies(_ run: ReportedRun) -> [Section] { [section(similarity, run)] }
  static func details(_ run: ReportedRun) -> [Section] {
    [attribution, likelihoods, probes, search, audits, data].map { section($0, run) }
  }

  private static func section(_ content: Content, _ run: ReportedRun) -> Section {
    let (outputs, count) = run.outputs(content.kinds, limit: limit)
    let blocks = ViewBlocks.all(
      outputs, of: max(count, outputs.count), run, rule: "those of \(limit) steps of each stage")
    return blocks.isEmpty
      ? .absent(content.title, content.lack) : Section(content.id, content.title, blocks)
  }
}
