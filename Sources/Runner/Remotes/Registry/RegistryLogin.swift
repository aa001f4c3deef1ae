import JSON
internal import Synchronization
import Web

/// Tells a registry who asks, as it wants to be told: not at all, by a password, or by tokens of its service.
final class RegistryLogin: Sendable {
  private struct Token {
    let text: String
    /// By the clock of the pace.
    let end: Double
  }

  private struct State {
    var credentials: RegistryCredentials??
    /// `Basic`, once the registry has asked for it.
    var basic: String?
    var tokens: [String: Token] = [:]
  }

  /// Most bytes of the answer of a service of tokens.
  private static let mostBytes = 1 << 17

  private let client: HTTPClient
  private let root: WebAddress
  private let find: @Sendable (String) throws(RemoteError) -> RegistryCredentials?
  private let state = Mutex(State())

  /// `find` gives the credentials for a host, when they are needed first.
  init(
    _ client: HTTPClient, _ root: WebAddress,
    _ find: @escaping @Sendable (String) throws(RemoteError) -> RegistryCredentials?
  ) {
    (self.client, self.root, self.find) = (client, root, find)
  }

  /// The header for requests of a scope, if one is known.
  func header(_ scope: String) -> String? {
    state.withLock { state in
      if let token = state.tokens[scope] {
        // A token that soon ends may end on its way.
        if token.end > client.pace.now() + 5 { return "Bearer \(token.text)" }
        state.tokens[scope] = nil
      }
      return state.basic
    }
  }

  /// Makes a header for requests of a scope, as an answer of status 401 to a request with the header `sent` wants it.
  /// Throws `needsCredentials` where that cannot be done.
  func answer(_ response: HTTPResponse, _ scope: String, sent: String?) throws(RemoteError) {
    // Another thread may have been told meanwhile.
    if let known = header(scope), known != sent { return }
    state.withLock { $0.tokens[scope] = nil }
    let challenges = response.headers.all("www-authenticate").flatMap(HTTPChallenge.all)
    if let bearer = challenges.first(where: { $0.scheme == "bearer" }) {
      let token = try token(bearer, scope)
      state.withLock { $0.tokens[scope] = token }
    } else if challenges.contains(where: { $0.scheme == "basic" }) {
      guard root.isSecure || root.isLoopback else {
        throw .untrusted(host: root.authority, reason: "it wants a password over plain http")
      }
      guard case .password(let user, let password) = try credentials() else { throw missing }
      let header = Self.basic(user, password)
      if header == sent { throw refused }
      state.withLock { $0.basic = header }
    } else if case .token(let text) = try credentials() {
      state.withLock { $0.tokens[scope] = Token(text: text, end: .infinity) }
    } else {
      throw missing
    }
  }

  private var missing: RemoteError {
    .needsCredentials(
      host: root.authority,
      advice: "'docker login \(root.authority)' or 'podman login' keeps a password; jobs set BIOARC_REGISTRY_TOKEN "
        + "and BIOARC_REGISTRY_HOST")
  }

  /// The error for credentials that the registry does not take.
  var refused: RemoteError {
    .needsCredentials(
      host: root.authority,
      advice: "the credentials that this machine has for it are not taken here, or may not do this: 'docker login "
        + "\(root.authority)' again")
  }

  private static func basic(_ user: String, _ password: String) -> String {
    "Basic " + Base64.encoded(Array("\(user):\(password)".utf8))
  }

  private func credentials() throws(RemoteError) -> RegistryCredentials? {
    if let known = state.withLock({ $0.credentials }) { return known }
    let found = try find(root.authority)
    state.withLock { $0.credentials = .some(found) }
    return found
  }

  /// Asks the service that a registry names for a token.
  private func token(_ challenge: HTTPChallenge, _ scope: String) throws(RemoteError) -> Token {
    let credentials = try credentials()
    if case .token(let text) = credentials { return Token(text: text, end: .infinity) }
    guard let realm = challenge.parameters["realm"], let address = WebAddress(realm) else {
      throw .malformed("'\(root.authority)' names no service of tokens that can be asked")
    }
    // The registry chooses the service: a secret goes to none that anybody can listen to.
    guard address.isSecure || address.isLoopback && !root.isSecure && root.isLoopback || credentials == nil else {
      throw .untrusted(host: address.authority, reason: "a secret would go over plain http")
    }
    let asked = (challenge.parameters["scope"] ?? scope).split(separator: " ").map(String.init)
    var request = Self.request(address, challenge.parameters["service"], asked, credentials)
    request.limit = Self.mostBytes
    let began = client.pace.now()
    let response = try client.send(request)
    if response.status == 401 || response.status == 403 { throw credentials == nil ? missing : refused }
    try response.checkSuccess("the service of tokens")
    guard let json = try? JSON(parsing: response.body),
      let text = [json["token"]?.string, json["access_token"]?.string].compactMap({ $0 }).first(where: { !$0.isEmpty }),
      text.utf8.allSatisfy({ $0 > 32 && $0 < 127 })
    else { throw .malformed("'\(address.authority)' answers without a token") }
    return Token(text: text, end: began + max(60, json["expires_in"]?.number ?? 60))
  }

  private static func request(
    _ address: WebAddress, _ service: String?, _ scopes: [String], _ credentials: RegistryCredentials?
  ) -> HTTPRequest {
    if case .identity(let token) = credentials {
      var form = [("grant_type", "refresh_token"), ("client_id", "bioarc"), ("refresh_token", token)]
      if let service { form.append(("service", service)) }
      form.append(("scope", scopes.joined(separator: " ")))
      let text = form.map { "\($0.0)=\(WebAddress.encoded($0.1))" }.joined(separator: "&")
      return HTTPRequest(
        "POST", address, [("Content-Type", "application/x-www-form-urlencoded")], upload: .init(Array(text.utf8)))
    }
    var query = address
    if let service { query = query.adding("service=\(WebAddress.encoded(service))") }
    for scope in scopes { query = query.adding("scope=\(WebAddress.encoded(scope))") }
    var request = HTTPRequest("GET", query)
    if case .password(let user, let password) = credentials {
      request.headers.add("Authorization", basic(user, password))
    }
    return request
  }
}
