/// A rule's finding about values.
package struct StageFinding: Hashable, Sendable {
  /// A stable word for programs, as `bad-space`; "" for a warning.
  package let code: String
  /// The parameters or ports that it is about: it stands at the first one that the file states.
  package let places: [String]
  /// The item that it is about, where the value is a list.
  package let item: Int?
  package let message: String
  /// A value that could stand in this one's place.
  package let suggestion: String?
  package let help: String?
  /// A warning stops nothing.
  package let isWarning: Bool

  private init(
    code: String, _ places: [String], _ item: Int?, _ message: String, _ suggestion: String?, _ help: String?,
    isWarning: Bool
  ) {
    self.code = code
    self.places = places
    self.item = item
    self.message = message
    self.suggestion = suggestion
    self.help = help
    self.isWarning = isWarning
  }

  /// Values with which the stage cannot run.
  package static func error(
    _ code: String, _ message: String, at places: String..., item: Int? = nil, suggestion: String? = nil,
    help: String? = nil
  ) -> StageFinding {
    StageFinding(code: code, places, item, message, suggestion, help, isWarning: false)
  }

  /// Values that are valid and may be unwise.
  package static func warning(
    _ message: String, at places: String..., item: Int? = nil, help: String? = nil
  ) -> StageFinding {
    StageFinding(code: "", places, item, message, nil, help, isWarning: true)
  }
}
