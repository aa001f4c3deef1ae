import Artifacts
import Plans
package import Resolving
import Stores

/// Finds reasons: compares the steps of a resolution with earlier runs of the pipeline, or with another resolution.
///
/// One comparison holds for a whole chain: a step that runs is compared with what it was in one run, and what it reads
/// with what that was in the same run. A link of a chain is about all the steps of a node at once, in groups that
/// differ in the same way: see `Group`.
package final class Explainer {
  let resolution: Resolution
  let pipeline: PipelineBaseline?
  let fields: FieldComparison
  private let past: Past?
  /// The steps that the chain has told of.
  var told: Set<StepIndex> = []
  /// Groups that the chain does not show. They are followed after all that it does: nothing shown is told there alone.
  var untold: [(group: Group, baseline: Baseline?, depth: Int)] = []

  /// Steps of a node that are looked at, at each link of a chain.
  static let limit = 1000
  /// Steps of a node that the baseline lacks, and that are looked at.
  static let newLimit = 50
  /// Groups of a node that are shown, at each link of a chain.
  static let shown = 3
  /// Links of a chain.
  static let depth = 64

  /// Explains against the earlier runs of the pipeline.
  package convenience init(_ resolution: Resolution, past: Past) {
    self.init(resolution, past: past, pipeline: nil)
  }

  /// Explains what `resolution` does that `other`, of the same pipeline, does not.
  package convenience init(_ resolution: Resolution, against other: Resolution) {
    self.init(resolution, past: nil, pipeline: PipelineBaseline(other))
  }

  private init(_ resolution: Resolution, past: Past?, pipeline: PipelineBaseline?) {
    self.resolution = resolution
    self.past = past
    self.pipeline = pipeline
    let store = resolution.store
    fields = FieldComparison(resolution: resolution) { artifact in
      guard artifact.layout == .file, artifact.size <= 80,
        let text = (try? store.bytes(artifact.digest, size: artifact.size)).map({ String(decoding: $0, as: UTF8.self) }
        ),
        text.unicodeScalars.dropLast().allSatisfy({ $0.value >= 0x20 && $0.value < 0x7F }), text.last == "\n"
      else { return nil }
      return String(text.dropLast())
    }
  }

  /// Why `step` runs or does not.
  package func reason(for step: StepIndex) throws -> Reason {
    let bare = try bareReason(for: step)
    switch bare.verdict {
    case .failed, .skipped, .broken, .notAskedFor, .willRun(.forced), .willRun(.bytesGone): return bare
    default: break
    }
    let (baseline, same) = try baseline(for: step)
    if case .willRun = bare.verdict, let same, same.ended || baseline == nil {
      var reason = bare
      reason.verdict = .willRun(same.ended ? .resultGone(run: same.run) : .unfinished(run: same.run))
      return reason
    }
    (told, untold) = ([step], [])
    var reason = try link(groups([step], baseline)[0], baseline, 0)
    while !untold.isEmpty {
      let next = untold.removeFirst()
      reason.untold.append(try link(next.group, next.baseline, next.depth))
    }
    return reason
  }

  // MARK: What to compare with

  /// An earlier run in which the step had the key that it has now.
  private struct SameKey {
    let run: String
    /// Whether it ended by itself with everything done, so that the step had a result then.
    let ended: Bool
  }

  /// The newest run in which the step had another key, and the newest in which it had this one, if there are such. A
  /// key under which there is a result comes before one that a run did not get to. Where no run had the step, the
  /// newest run: it may have one that is similar.
  private func baseline(for step: StepIndex) throws -> (Baseline?, SameKey?) {
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

  // MARK: One link

  /// What there is to say of a step without a comparison.
  func bareReason(for step: StepIndex) throws -> Reason {
    Reason(step: resolution.address(step), key: resolution.key(of: step), verdict: try verdict(of: step))
  }

  private func verdict(of step: StepIndex) throws -> Reason.Verdict {
    switch resolution.state(step) {
    case .done:
      guard let record = try resolution.record(of: step) else { return .upToDate(finished: 0, seconds: 0) }
      return .upToDate(finished: record.finished, seconds: record.duration)
    case .failed(let failure): return .failed(failure)
    case .skipped(let because, _): return .skipped(because: because)
    case .broken(let message): return .broken(message)
    case .unwanted: return .notAskedFor
    case .waiting:
      if resolution.isShared(step) { return .sharesResult }
      return .waits(for: awaited(by: step))
    case .ready, .running:
      guard let key = resolution.key(of: step), let row = try resolution.store.row(key) else {
        return .willRun(.changed)
      }
      // A failure runs again only when that is asked for.
      return .willRun(row.isFailure || resolution.isForced(step) ? .forced : .bytesGone)
    }
  }

  /// The reason of the first step of `group`; the causes are those of all of it.
  func link(_ group: Group, _ baseline: Baseline?, _ depth: Int) throws -> Reason {
    var reason = try bareReason(for: group.steps[0])
    if let baseline, let difference = group.difference {
      reason.comparedWith = baseline.origin
      (reason.namesake, reason.changes) = (difference.kin, difference.changes)
      if depth < Self.depth { reason.causes = try changedCauses(of: group.steps, reason.changes, baseline, depth) }
    } else if case .willRun = reason.verdict {
      reason.verdict = .willRun(.new)
    }
    if case .waits = reason.verdict, depth < Self.depth {
      reason.causes += try pendingCauses(of: group.steps, baseline, depth)
    }
    return reason
  }
}
