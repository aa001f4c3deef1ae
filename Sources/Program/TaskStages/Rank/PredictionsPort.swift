package import Artifacts
import Inputs
import ModelStages

extension OutputPort {
  /// The port of predictions: of each row of hold-out, dev and test.
  package static let predictions = OutputPort(
    "predictions", .predictions, .file,
    help: "What the model says of each row of hold-out, dev and test: a table, by which models are compared.")
}
