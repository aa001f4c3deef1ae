package import Artifacts
import Inputs
import Labelled
import Sequences
import TaskStages
import UseStages

/// Clusters embeddings, and measures how far the clusters are the classes of a task.
package enum ClusterStage: Stage {
  static let method = ParameterKey<String>(
    "method", .choice(["ward", "k-means"]), default: "ward", neutral: "ward",
    help: "ward: the two clusters are merged in turn whose union adds least to the squared distances. k-means: rows go "
      + "to the nearest of means till none moves.")
  static let pca = ParameterKey<Int>(
    "pca", .int(0...4096), default: 50, neutral: 50, unit: "dimensions",
    help: "Principal components of the clustered rows that count; 0 takes the embeddings as they are.")
  static let clusters = ParameterKey<Int>(
    "clusters", .int(0...1_000_000), default: 0, neutral: 0, unit: "clusters",
    help: "Number of clusters; 0 stands for as many as the clustered rows have classes.")
  static let splits = ParameterKey<String>(
    "splits", .choice(["apart", "all"]), default: "apart", neutral: "apart",
    help: "apart: dev and test are clustered each for itself. all: the rows of train, dev and test together, and those "
      + "of dev and test are measured in that clustering.")

  package static let declaration = StageDeclaration(
    name: "cluster", version: 1,
    summary: "Cluster embeddings without their labels, and measure how far the clusters are the classes of a task.",
    parameters: [
      method.parameter, pca.parameter, clusters.parameter, splits.parameter, .seed, .alphabet,
    ],
    inputs: [
      InputPort(
        "task", [.labelledSequences],
        help: "Labelled sequences of one class each, as a species or a BIN. Classes that only dev and test have count "
          + "with 'unseen: keep' of the input."),
      InputPort(
        "embeddings", [.embeddings],
        help: "Features of all sequences of the task, whatever else is in it: 'embed' takes the task at its port "
          + "'sequences'."),
    ],
    outputs: [
      OutputPort(
        "metrics", .metrics, .file,
        help: "Agreement with the classes on dev and test: AMI, which ranks, ARI, V-measure, homogeneity, completeness."
      ),
      OutputPort(
        "clusters", .clusters, .file, help: "A table: the split, name, sequence, label and cluster of each row."),
    ],
    isParallel: true,
    rules: [.seedOfMeans],
    tolerance: MetricsDocument.tolerance,
    example: """
      features:
        stage: embed
        in: { weights: $supernet.weights, tokenizer: $tokens.tokenizer, architecture: c64-t128, sequences: $barcodes }
      clusters:
        stage: cluster
        in: { task: $barcodes, embeddings: $features }
      """)

  package static func run(_ context: StageContext) throws {
    let source = SequenceSource(
      context.input("task"), path: SequenceSource.names(at: "task"),
      alphabet: Alphabet(rawValue: context[.alphabet]) ?? .dna, rows: 0, context.report)
    let task = try source.labelled()
    for note in task.notes { context.report(.warning(note)) }
    guard task.kind == .class else {
      throw StageFailure(code: "no-classes", "clusters are held against classes; labels are of the kind \(task.kind)")
    }
    try Clustered(context, task).run()
  }
}

extension StageRule {
  /// Ward's clusters are not drawn.
  fileprivate static let seedOfMeans: StageRule = StageRule(
    reads: [ClusterStage.method.name, "seed"], isOfAll: true
  ) { settings in
    guard settings[ClusterStage.method] == "ward" else { return [] }
    return ClusterStage.declaration.unread(["seed"], settings, because: "Ward's clusters are not drawn")
  }
}

extension ArtifactKind {
  /// A table of rows with their clusters.
  package static let clusters = ArtifactKind("clusters")
}
