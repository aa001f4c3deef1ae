package import Artifacts
import Plans

/// The items of one axis once they are known, ascending by id.
package struct AxisItems: Sendable {
  /// The things that the items stand for, in the order of `ids`.
  package enum Payload: Sendable {
    case values([Value])
    /// Maps of values, which parameters read from the plan.
    case records
    case inputs([Int])
    case members([ArtifactReference])
  }
  package let ids: [String]
  package let payload: Payload
}
