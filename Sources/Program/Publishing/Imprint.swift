/// The facts of a crate that no result tells: who publishes it, under which name and which terms.
package struct Imprint: Sendable {
  /// The name by which the claims are signed.
  package let lab: String
  package let title: String
  /// None: the lab.
  package let authors: [Author]
  package let license: License
  package let size: BundleSize
  /// The name and the version of this program.
  package let program: String
  /// The PEM file of the EC key by which models are signed, or nil.
  package let modelKey: String?

  package init(
    lab: String, title: String, authors: [Author], license: License, size: BundleSize, program: String,
    modelKey: String?
  ) {
    (self.lab, self.title, self.authors, self.license) = (lab, title, authors, license)
    (self.size, self.program, self.modelKey) = (size, program, modelKey)
  }
}
