import Artifacts
import Syntax
import YAML

/// The source of a port, before the axes of its stage are known.
struct PortDraft {
  enum Source {
    case input(Int)
    case output(stage: Int, port: OutputPort)
    case chosen(stage: Int, port: OutputPort, by: Plan.PortBinding.Choosing)
    case axis(Int)
    /// An axis of the stage itself, to be looked up once all others are known.
    case named(String)
    case text(String)
    case unknown
  }
  var source: Source
  let span: Span
  /// The place of use, when a param brought the text here.
  var use: Span?
  /// Axes that the source has.
  var axes: [Int] = []
  var areAxesKnown = true
  /// For a gathering port.
  var over: [String: [Plan.PortBinding.GatheredID]] = [:]
  var gathered: [NodeDraft.OwnAxis] = []
  /// Axes of the source on which a choice says the item.
  var decided: [NodeDraft.OwnAxis] = []
}
