/// The names of files and folders of a crate that several of its files name.
enum CrateNames {
  /// The OCI image layout.
  static let results = "results"
  static let tables = "tables"
  static let claims = "claims"
  static let signature = "claims.sig"
  /// The key that made it, as OpenSSH's `allowed_signers`.
  static let signers = "signers"
  /// The digests of all other files.
  static let sums = "SHA256SUMS"
}
