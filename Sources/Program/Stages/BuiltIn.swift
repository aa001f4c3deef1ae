package import Artifacts
import AuditStages
import DataStages
import DesignStages
import GenerationStages
import Inputs
import LikelihoodStages
import ModelStages
import ProbeStages
import SearchStages
import StudyStages
import SyntheticStages
import TaskStages
import UseStages

/// The stages and input formats that the program has.
package enum BuiltIn {
  /// All built-in stages.
  package static let stages: [any Stage.Type] = [
    SynthesizeStage.self, IntervalsStage.self, WindowsStage.self, TokenizeStage.self, SampleSpaceStage.self,
    StackStage.self, AuditStage.self,
    PretrainStage.self, FineTuneStage.self, BaselineStage.self, EnsembleStage.self, RankStage.self,
    PredictStage.self, EmbedStage.self, ReceptiveFieldStage.self, AttributeStage.self, ScoreStage.self,
    VariantsStage.self, AssessStage.self, ProbeStage.self, ClusterStage.self,
    CompareStage.self, EffectsStage.self, SimilarityStage.self, PatternsStage.self, FitScalingStage.self,
    SelectStage.self, VaryStage.self,
    PredictScoresStage.self,
    GenerateStage.self, SequenceStatisticsStage.self, TagObedienceStage.self, DesignStage.self,
    SynthesizeMADStage.self, SolveMADStage.self, CorrelateStage.self,
  ]

  /// Writers of the forms in which own stages ask for inputs.
  package static let forms: [InputForm: InputForm.Writer] = [.table: TaskTables.write]

  /// The view of an artifact, by its kind; others are seen as their files.
  static let views: [ArtifactKind: ArtifactView.Maker] = [
    .sequences: { artifact, _ in try ArtifactView.sequences(artifact) },
    .labelledSequences: { artifact, _ in try ArtifactView.sequences(artifact) },
    .tokenizer: { artifact, _ in try ArtifactView.tokenizer(artifact) },
    .tokens: { artifact, _ in try ArtifactView.tokens(artifact) },
    .space: { artifact, _ in try ArtifactView.space(artifact) },
    .architecture: { artifact, _ in try ArtifactView.architecture(artifact) },
    .architectures: { artifact, _ in try ArtifactView.architectures(artifact) },
    .weights: { artifact, _ in try ArtifactView.tensors(artifact) },
    .trainingState: { artifact, _ in try ArtifactView.tensors(artifact) },
    .metrics: { artifact, _ in try ArtifactView.metrics(artifact) },
    .predictions: { artifact, _ in try ArtifactView.predictions(artifact) },
    .model: { artifact, _ in try ArtifactView.model(artifact) },
    .predicted: { artifact, _ in try ArtifactView.predicted(artifact) },
    .audit: { artifact, _ in try ArtifactView.audit(artifact) },
    .choice: { artifact, axes in try ArtifactView.choice(artifact, axes: axes) },
    .ranking: { artifact, axes in try ArtifactView.ranking(artifact, axes: axes) },
    .receptiveField: { artifact, _ in try ArtifactView.receptiveField(artifact) },
    .attribution: { artifact, _ in try ArtifactView.attribution(artifact) },
    .attributionScores: { artifact, _ in try ArtifactView.predicted(artifact) },
    .likelihoods: { artifact, _ in try ArtifactView.predicted(artifact) },
    .tokenLikelihoods: { artifact, _ in try ArtifactView.predicted(artifact) },
    .contextBits: { artifact, _ in try ArtifactView.contextBits(artifact) },
    .variantScores: { artifact, _ in try ArtifactView.predicted(artifact) },
    .assessed: { artifact, _ in try ArtifactView.assessed(artifact) },
    .motifs: { artifact, _ in try ArtifactView.motifs(artifact) },
    .history: { artifact, _ in try ArtifactView.history(artifact) },
    .clusters: { artifact, _ in try ArtifactView.clusters(artifact) },
    .comparison: { artifact, axes in try ArtifactView.comparison(artifact, axes: axes) },
    .effects: { artifact, axes in try ArtifactView.effects(artifact, axes: axes) },
    .similarity: { artifact, _ in try ArtifactView.similarity(artifact) },
    .scaling: { artifact, _ in try ArtifactView.scaling(artifact) },
    .patterns: { artifact, _ in try ArtifactView.patterns(artifact) },
    .lineage: { artifact, _ in try ArtifactView.lineage(artifact) },
    .forecast: { artifact, _ in try ArtifactView.forecast(artifact) },
    .assessment: { artifact, _ in try ArtifactView.assessment(artifact) },
    .design: { artifact, _ in try ArtifactView.design(artifact) },
    .sequenceStatistics: { artifact, _ in try ArtifactView.sequenceStatistics(artifact) },
    .tagObedience: { artifact, _ in try ArtifactView.tagObedience(artifact) },
    .tokenTask: { artifact, _ in try ArtifactView.tokenTask(artifact) },
    .correlation: { artifact, _ in try ArtifactView.correlation(artifact) },
    .counts: { artifact, _ in try ArtifactView.counts(artifact) },
  ]

  /// All formats in which an input can be given.
  package static let formats: [InputFormat] = SequenceFormats.all + IntervalSource.formats + [PlainFile.format]
}

extension ArtifactView {
  /// The view of `artifact`, by its kind. `axes` are the names of the axes that the step which made it has gathered, by
  /// role: an artifact does not know them.
  package init(_ artifact: any InputArtifact, axes: [String: [String]] = [:]) throws {
    self = try (BuiltIn.views[artifact.reference.kind] ?? { view, _ in try Self.files(view) })(artifact, axes)
  }
}
