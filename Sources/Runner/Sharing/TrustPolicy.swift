/// The bounds within which the claims of a lab are believed, besides its keys.
package struct TrustPolicy: Hashable, Sendable {
  /// The stages whose results are believed; nil: all.
  package var stages: Set<String>?
  /// The day, as `2027-01-01`, from which on what is issued is not believed.
  package var until: String?
  package init(stages: Set<String>? = nil, until: String? = nil) { (self.stages, self.until) = (stages, until) }

  /// Whether a claim for a stage, nil for an unknown one, issued at that time, is within the bounds.
  func allows(_ stage: String?, issued: String) -> Bool {
    (stage.flatMap { stages?.contains($0) } ?? true) && (until.map { issued < $0 } ?? true)
  }
}
