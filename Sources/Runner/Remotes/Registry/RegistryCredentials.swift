/// A proof for a registry of who asks.
enum RegistryCredentials: Hashable {
  case password(user: String, password: String)
  /// A token for which the registry's service gives tokens that are sent.
  case identity(String)
  /// A token that is sent as it is.
  case token(String)
}
