import Artifacts
import Stages

extension StageRegistry {
  /// All that this program knows by itself.
  static let builtIn = StageRegistry(stages: BuiltIn.stages, formats: BuiltIn.formats, forms: BuiltIn.forms)
}
