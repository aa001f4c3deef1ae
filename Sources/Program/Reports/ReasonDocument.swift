import Artifacts
package import Explaining
import YAML

/// A reason as JSON.
package struct ReasonDocument: Encodable {
  package struct Field: Encodable {
    let field: String
    let kind: String
    let old: String
    let new: String
    let from: String?
    let position: String?
  }

  /// An edit at the end of a chain.
  package struct Edit: Encodable {
    let stage: String
    let change: Field
  }

  let step: String
  let key: Digest?
  let verdict: String
  let state: String
  /// The lab whose result the step has; nil: it was computed here, or there is none.
  let lab: String?
  /// The cause to run: `changed`, `new`, `unfinished`, `result gone`, `forced` or `bytes gone`.
  let trigger: String?
  /// A run, or `pipeline`.
  let comparedWith: String?
  /// The step there that the changes are against, when that is another: the most similar one.
  let comparedStep: String?
  let changes: [Field]
  /// True: the step is told further up, with its changes and causes.
  let isRepeated: Bool
  /// The number of further steps of the stage that differ in the same way.
  let others: Int
  /// The number of further steps, after those, that differ in other ways.
  let unlike: Int
  /// The number of further steps that were not looked at.
  let unseen: Int
  let causes: [ReasonDocument]

  /// The step that was asked about, which stands for `others`, with its causes as they are shown.
  package init(_ excerpt: Excerpt, others: Int = 0) {
    self.init(excerpt.reason, others: others, causes: excerpt.causes)
  }

  private init(_ cause: Excerpt.Cause) {
    self.init(cause.reason, in: cause, others: cause.others, causes: cause.causes)
  }

  /// A reason, which may be that of a cause.
  init(_ reason: Reason, in cause: Excerpt.Cause? = nil, others: Int = 0, causes: [Excerpt.Cause] = []) {
    step = reason.step
    key = reason.key
    verdict = ReasonText.verdict(reason, in: cause)
    state = Self.state(reason.verdict)
    if case .upToDate(_, _, let maker) = reason.verdict { lab = maker } else { lab = nil }
    trigger = Self.trigger(reason.verdict)
    switch reason.comparedWith {
    case .run(let id, _)?: comparedWith = id
    case .pipeline?: comparedWith = "pipeline"
    case nil: comparedWith = nil
    }
    comparedStep = reason.namesake
    changes = reason.changes.map(Self.field)
    isRepeated = cause?.isRepeated ?? false
    (self.others, unlike, unseen) = (others, cause?.unlike ?? 0, cause?.unseen ?? 0)
    self.causes = causes.map { ReasonDocument($0) }
  }

  /// The edits at the ends of the chains.
  package static func edits(_ excerpts: [Excerpt]) -> [Edit] {
    ReasonText.edits(excerpts).map { Edit(stage: $0.stage, change: field($0.change)) }
  }

  private static func trigger(_ verdict: Reason.Verdict) -> String? {
    guard case .willRun(let trigger) = verdict else { return nil }
    return switch trigger {
    case .changed: "changed"
    case .new: "new"
    case .unfinished: "unfinished"
    case .resultGone: "result gone"
    case .forced: "forced"
    case .bytesGone: "bytes gone"
    case .notBelieved: "not believed"
    }
  }

  private static func state(_ verdict: Reason.Verdict) -> String {
    switch verdict {
    case .upToDate: "up to date"
    case .failed: "failed"
    case .willRun: "runs"
    case .waits: "waits"
    case .sharesResult: "shares a result"
    case .skipped: "skipped"
    case .broken: "broken"
    case .notAskedFor: "not asked for"
    }
  }

  package static func field(_ change: Change) -> Field {
    switch change {
    case .stage(let old, let new): Field(field: "stage", kind: "stage", old: old, new: new, from: nil, position: nil)
    case .version(let old, let new, let file):
      Field(field: "version", kind: "version", old: "\(old)", new: "\(new)", from: file, position: nil)
    case .parameter(let name, let old, let new, let position, let axis):
      Field(field: name, kind: "parameter", old: old, new: new, from: axis, position: position?.description)
    case .port(let name, let old, let new, let from, let position):
      Field(field: name, kind: "port", old: old, new: new, from: from, position: position?.description)
    }
  }
}
