package import Artifacts
import Inputs
package import Rankings
import System

/// Measures models on resamples of their rows of a split, on all threads of a step and until it is interrupted.
package struct Resampling {
  /// Models that are measured on a resample while its weights are there.
  private static let models = 8
  /// Resamples that one thread takes at a time.
  private static let resamples = 25

  private let report: (StageReport) -> Void
  private let isInterrupted: () -> Bool
  private let workers: WorkerPool

  package init(_ context: StageContext) {
    self.init(threads: context.threads, report: context.report, isInterrupted: context.isInterrupted)
  }

  package init(threads: Int, report: @escaping (StageReport) -> Void, isInterrupted: @escaping () -> Bool) {
    (self.report, self.isInterrupted) = (report, isInterrupted)
    workers = WorkerPool(threads: threads)
  }

  /// The scores as a ranking reads them.
  /// - Parameter metric: what ranks a score.
  package func scores(_ scores: [CandidateScore], by metric: (CandidateScore) -> Metric) throws -> [Score] {
    let metrics = scores.map(metric)
    var resampled = [Resampled?](repeating: nil, count: scores.count)
    let splits = scores.map(\.predictions)
    // Models of the same rows are measured on the same resamples.
    let byRows = Dictionary(grouping: scores.indices.filter { splits[$0] != nil }) { splits[$0]!.rows }
    let total = byRows.values.reduce(0) { $0 + $1.count }
    var done = 0
    for (_, places) in byRows.sorted(by: { $0.key < $1.key }) {
      let partners = splits[places[0]]!.partners
      for first in stride(from: 0, to: places.count, by: Self.models) {
        report(.progress(done: done, total: total, unit: "scores", detail: "resamples of rows"))
        let part = places[first..<min(first + Self.models, places.count)].map { (place: $0, split: splits[$0]!) }
        let values = try values(partners, part.map { ($0.split.predictions, metrics[$0.place]) })
        for ((place, split), values) in zip(part, values) {
          resampled[place] = Resampled(rows: split.rows, values: values)
        }
        done += part.count
      }
    }
    return scores.indices.map { scores[$0].score(by: metrics[$0], resampled[$0]) }
  }

  /// By model: the values on each resample. The models have the same rows.
  private func values(
    _ partners: Partners?, _ models: [(predictions: any Measurable, metric: Metric)]
  ) throws -> [[Double?]] {
    let bootstrap = Bootstrap(rows: models[0].predictions.rows, partners: partners)
    let measures = workers.map(models.count) { models[$0].predictions.prepared(models[$0].metric) }
    let starts = Array(stride(from: 0, to: bootstrap.resamples, by: Self.resamples))
    let parts = workers.map(starts.count) { part -> [[Double?]]? in
      if isInterrupted() { return nil }
      let end = min(starts[part] + Self.resamples, bootstrap.resamples)
      return bootstrap.values(of: measures, on: starts[part]..<end)
    }
    let known = parts.compactMap(\.self)
    guard known.count == parts.count else { throw Interrupted() }
    return measures.indices.map { model in known.flatMap { $0[model] } }
  }
}
