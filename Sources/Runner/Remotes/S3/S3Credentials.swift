/// Who asks S3, and what proves it.
package struct S3Credentials: Hashable, Sendable {
  let id: String
  let secret: String
  /// The token of a session; nil for lasting credentials.
  let token: String?
  /// Seconds since 1970 after which they are worth nothing; nil: never.
  let expires: Double?

  package init(id: String, secret: String, token: String? = nil, expires: Double? = nil) {
    (self.id, self.secret, self.token, self.expires) = (id, secret, token, expires)
  }
}
