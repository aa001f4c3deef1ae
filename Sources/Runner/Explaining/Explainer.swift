import Artifacts
import Events
package import Resolving
import Stores

/// Finds reasons: compares the steps of a resolution with earlier runs of the pipeline, or with another resolution.
///
/// One comparison holds for a whole chain: a step that runs is compared with what it was in one run, and what it reads
/// with what that was in the same run.
package struct Explainer {
  let resolution: Resolution
  let pipeline: PipelineBaseline?
  private let past: Past?

  /// Explains against the earlier runs of the pipeline.
  package init(_ resolution: Resolution, past: Past) {
    (self.resolution, self.past, pipeline) = (resolution, past, nil)
  }

  /// Explains what `resolution` does that `other`, of the same pipeline, does not.
  package init(_ resolution: Resolution, against other: Resolution) {
    (self.resolution, past, pipeline) = (resolution, nil, PipelineBaseline(other))
  }

  /// Why `step` runs or does not.
  package func excerpt(for step: StepIndex) throws -> Excerpt { Excerpt(try causes(of: step)) }

  /// The causes of `step` as far as they were looked for; those of a step that needs no comparison are none.
  func causes(of step: StepIndex) throws -> Causes {
    var reason = try resolution.reason(for: step)
    switch reason.verdict {
    case .failed, .skipped, .broken, .notAskedFor, .willRun(.forced), .willRun(.bytesGone): return Causes(reason)
    default: break
    }
    let (baseline, same) = try baseline(for: step)
    if case .willRun = reason.verdict, let same, same.ended || baseline == nil {
      reason.verdict = .willRun(same.ended ? .resultGone(run: same.run) : .unfinished(run: same.run))
      return Causes(reason)
    }
    return try Causes(of: step, in: Comparison(resolution, with: baseline), first: Excerpt.breadth)
  }

  /// An earlier run in which the step had the key that it has now.
  private struct SameKey {
    let run: String
    /// Whether it ended by itself with everything done, so that the step had a result then.
    let ended: Bool
  }

  /// The newest run in which the step had another key, and the newest in which it had this one, if there are such. A
  /// key under which there is a result comes before one that a run did not get to. Without a run that had the step, the
  /// newest run: it may have one that is similar.
  private func baseline(for step: StepIndex) throws -> ((any Baseline)?, SameKey?) {
    if let pipeline { return (pipeline, nil) }
    guard let past else { return (nil, nil) }
    let (name, key) = (resolution.name(of: step), resolution.key(of: step))
    var same: SameKey?
    var first: RunBaseline?
    var unfinished: RunBaseline?
    var index = 0
    while let run = try past.run(index) {
      index += 1
      let baseline = RunBaseline(past, run)
      first = first ?? baseline
      guard let earlier = baseline.key(name) else { continue }
      if earlier != key {
        if try past.store.row(earlier) != nil { return (baseline, same) }
        unfinished = unfinished ?? baseline
      } else if same == nil {
        same = SameKey(run: run.id, ended: run.summary.map { $0.exitCode == 0 } ?? false)
      }
    }
    return (unfinished ?? (same == nil ? first : nil), same)
  }
}
