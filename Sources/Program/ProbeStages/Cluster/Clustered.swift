import Artifacts
import Clustering
import Inputs
import Labelled
import Rankings
import System
import TaskStages
import UseStages
import Wording

/// A clustering of the rows of a task in its course.
struct Clustered {
  private let context: StageContext
  private let task: LabelledSplits
  private let workers: WorkerPool

  init(_ context: StageContext, _ task: LabelledSplits) {
    (self.context, self.task) = (context, task)
    workers = WorkerPool(threads: context.threads)
  }

  /// Clusters of some rows, as many as `count`.
  private struct Found {
    let clusters: [Int]
    let count: Int
    /// Dimensions in which distances are.
    let dimensions: Int
  }

  func run() throws {
    let embeddings = try Embeddings(context.input("embeddings"))
    let parts = [("train", task.train), ("dev", task.dev), ("test", task.test)]
    for (name, records) in parts.dropFirst() where records.isEmpty {
      throw StageFailure(code: "empty-split", "\(name) has no rows")
    }
    let isTogether = context[ClusterStage.splits] == "all"
    let groups = isTogether ? [parts] : parts.dropFirst().map { [$0] }
    let output = DelimitedOutput(
      try context.outputs.create("clusters", ""), .tab, header: ["split", "name", "sequence", "label", "cluster"])
    var metrics: [String: SplitMetrics] = [:]
    var settings: [String] = []
    for group in groups {
      let records = group.flatMap(\.1)
      let found = try clustered(records, embeddings)
      settings.append(
        (isTogether ? "all rows" : group[0].0) + ": \(Words.count(found.count, "cluster")) in "
          + Words.count(found.dimensions, "dimension"))
      if isTogether {
        let whole = Agreement(labels: records.map(\.number), clusters: found.clusters)
        settings[0] += ", AMI \(Words.fixed(whole.ami, 3)) over all of them"
      }
      var first = 0
      for (name, own) in group {
        let clusters = Array(found.clusters[first..<first + own.count])
        first += own.count
        metrics[name] = Agreement(labels: own.map(\.number), clusters: clusters).metrics
        for (record, cluster) in zip(own, clusters) {
          try output.add(
            [name, record.name, SequenceName.of(record), task.classes[record.number], String(cluster + 1)]
              .map { Array($0.utf8) })
        }
      }
    }
    try output.close()
    let document = MetricsDocument(
      architecture: embeddings.model?.architecture, model: "\(context[ClusterStage.method]) clusters of embeddings",
      settings: "\(context[ClusterStage.method]), \(settings.joined(separator: "; "))",
      parameters: embeddings.model?.parameters ?? 0, rows: TaskRows(task), threshold: nil,
      classes: nil, metrics: Metrics(primary: .ami, dev: metrics["dev"]!, test: metrics["test"]!))
    try document.write(context)
  }

  private func clustered(_ records: [LabelledRecord], _ embeddings: Embeddings) throws -> Found {
    let (columns, tables) = try embeddings.features(of: [records])
    let stated = context[ClusterStage.clusters]
    let count = stated == 0 ? Set(records.map(\.number)).count : stated
    guard count <= records.count else {
      throw StageFailure(
        code: "too-many-clusters", "\(Words.grouped(count)) clusters of \(Words.grouped(records.count)) rows")
    }
    let isCancelled = context.isInterrupted
    var (values, dimensions) = ([Double](), columns)
    if context[ClusterStage.pca] == 0 {
      values = tables[0].map(Double.init)
    } else {
      guard min(columns, records.count) <= PrincipalComponents.most else {
        throw StageFailure(
          code: "too-large",
          "principal components of \(Words.grouped(columns)) columns and \(Words.grouped(records.count)) rows are too "
            + "many to compute; 'pca: 0' takes embeddings as they are")
      }
      let components = PrincipalComponents(
        tables[0], columns: columns, count: context[ClusterStage.pca], workers, isCancelled: isCancelled)
      guard let components else { throw Interrupted() }
      (values, dimensions) = (components.scores, components.count)
    }
    let clusters: [Int]?
    if context[ClusterStage.method] == "ward" {
      clusters = Ward.clusters(count, of: values, columns: dimensions, workers, isCancelled: isCancelled) {
        context.report(.progress(done: $0, total: $1, unit: "merges", detail: ""))
      }
    } else {
      let start = KMeans.start(values, columns: dimensions, clusters: count, seed: context[.seed])
      clusters = KMeans(values, columns: dimensions, from: start, workers, isCancelled: isCancelled)?.clusters
    }
    guard let clusters else { throw Interrupted() }
    return Found(clusters: clusters, count: Set(clusters).count, dimensions: dimensions)
  }
}
