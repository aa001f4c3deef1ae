import Artifacts
package import Explaining
import Plans
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

  package let step: String
  package let key: String?
  package let verdict: String
  package let state: String
  /// What makes it run: `changed`, `new`, `unfinished`, `result gone`, `forced` or `bytes gone`.
  package let trigger: String?
  /// A run, or `pipeline`.
  package let comparedWith: String?
  /// The step there that the changes are against, when that is another: the most similar one.
  package let comparedStep: String?
  package let changes: [Field]
  /// It is told further up, with its changes and causes.
  package let isRepeated: Bool
  /// How many more steps of the same stage differ in the same way.
  package let others: Int
  /// How many more, after this one, differ in other ways.
  package let unlike: Int
  /// How many more were not looked at.
  package let unseen: Int
  package let causes: [ReasonDocument]

  package init(_ reason: Reason, of cause: Reason.Cause? = nil, others: Int = 0) {
    step = reason.step
    key = reason.key?.hex
    verdict = ReasonText.verdict(reason, isTop: cause == nil)
    state = Self.state(reason.verdict)
    trigger = Self.trigger(reason.verdict)
    switch reason.comparedWith {
    case .run(let id, _)?: comparedWith = id
    case .pipeline?: comparedWith = "pipeline"
    case nil: comparedWith = nil
    }
    comparedStep = reason.namesake
    changes = reason.changes.map(Self.field)
    isRepeated = reason.isRepeated
    (self.others, unlike, unseen) = (cause?.others ?? others, cause?.unlike ?? 0, cause?.unseen ?? 0)
    causes = reason.causes.map { ReasonDocument($0.reason, of: $0) }
  }

  /// The edits at the ends of the chains.
  package static func edits(_ reasons: [Reason]) -> [Edit] {
    ReasonText.edits(reasons).map { Edit(stage: $0.stage, change: field($0.change)) }
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
