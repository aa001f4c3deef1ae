package import Artifacts
import Stages

extension StageRegistry {
  /// All stages, formats and forms that this program knows by itself.
  package static let builtIn = StageRegistry(stages: BuiltIn.stages, formats: BuiltIn.formats, forms: BuiltIn.forms)
}
