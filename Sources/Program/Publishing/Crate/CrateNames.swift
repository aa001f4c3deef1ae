/// The names of files and folders of a crate that several of its files name.
enum CrateNames {
  /// The OCI image layout.
  static let results = "results"
  static let tables = "tables"
  static let claims = "claims"
  static let signature = "claims.sig"
  /// The digests of all other files.
  static let sums = "SHA256SUMS"
}
