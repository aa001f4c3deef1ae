import Files
import JSON
import System
import Web

/// The credentials for registries that other programs keep for a user: `docker login`, `podman login`, programs that
/// keep secrets.
struct DockerFiles {
  private static let seconds = 60.0
  /// Docker Hub's name in these files.
  private static let hub = (hosts: ["docker.io", "registry-1.docker.io", "index.docker.io"], key: "index.docker.io")

  private let environment: [String: String]

  init(_ environment: [String: String]) { self.environment = environment }

  /// The credentials for a host; nil where there are none.
  func credentials(for host: String) throws(RemoteError) -> RegistryCredentials? {
    if let found = try own(host) { return found }
    let key = Self.hub.hosts.contains(host) ? Self.hub.key : host
    for path in paths {
      guard let bytes = try? DiskFileSystem().contents(path), bytes.count <= 1 << 20 else { continue }
      guard let file = try? JSON(parsing: bytes) else { throw .address("'\(path)' is no JSON") }
      if let found = try credentials(for: key, in: file) { return found }
    }
    return nil
  }

  private var paths: [String] {
    let home = environment["HOME"] ?? ""
    let docker = (environment["DOCKER_CONFIG"] ?? "\(home)/.docker") + "/config.json"
    let podman =
      environment["REGISTRY_AUTH_FILE"] ?? environment["XDG_RUNTIME_DIR"].map { "\($0)/containers/auth.json" }
    return [docker] + [podman].compactMap { $0 }
  }

  /// The credentials that jobs are given: `BIOARC_REGISTRY_TOKEN`, or a file that holds it, of the form `user:password`
  /// or a token; for the host `BIOARC_REGISTRY_HOST` alone: a file of remotes may name any host.
  private func own(_ host: String) throws(RemoteError) -> RegistryCredentials? {
    guard environment["BIOARC_REGISTRY_HOST"] == host else { return nil }
    var text = environment["BIOARC_REGISTRY_TOKEN"]
    if text == nil, let path = environment["BIOARC_REGISTRY_TOKEN_FILE"] {
      do throws(StoreError) {
        guard let bytes = try DiskFileSystem().contents(path) else { throw .of(2, "open", path) }
        text = String(decoding: bytes, as: UTF8.self)
      } catch { throw .file(error) }
    }
    guard let text, case let secret = Substring(text).trimming({ $0.isWhitespace }), !secret.isEmpty else { return nil }
    return Self.password(String(secret)) ?? .token(String(secret))
  }

  private static func password(_ text: String) -> RegistryCredentials? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    return .password(user: String(text[..<colon]), password: String(text[text.index(after: colon)...]))
  }

  private func credentials(for host: String, in file: JSON) throws(RemoteError) -> RegistryCredentials? {
    // Docker Hub's helpers know it by the whole of its old address.
    let asked = host == Self.hub.key ? "https://\(host)/v1/" : host
    if let helper = file["credHelpers"]?[asked]?.string ?? file["credHelpers"]?[host]?.string {
      return try ask(helper, asked)
    }
    if let helper = file["credsStore"]?.string, !helper.isEmpty, let found = try ask(helper, asked) { return found }
    for (key, entry) in file["auths"]?.members ?? [] where Self.host(key) == host {
      if let token = entry["identitytoken"]?.string, !token.isEmpty { return .identity(token) }
      if let token = entry["registrytoken"]?.string, !token.isEmpty { return .token(token) }
      if let user = entry["username"]?.string, let password = entry["password"]?.string {
        return .password(user: user, password: password)
      }
      guard let auth = entry["auth"]?.string, !auth.isEmpty else { continue }
      // Some programs end the text with zeros.
      if let bytes = Base64.decoded(auth)?.filter({ $0 != 0 }), let text = String(validating: bytes, as: UTF8.self) {
        return Self.password(text)
      }
    }
    return nil
  }

  /// The host of a key, which older programs write as a URL.
  private static func host(_ key: String) -> String {
    let rest = key.firstRange(of: "://").map { key[$0.upperBound...] } ?? Substring(key)
    return String(rest.prefix { $0 != "/" })
  }

  /// Asks the program `docker-credential-NAME`; nil where it knows no credentials.
  private func ask(_ name: String, _ host: String) throws(RemoteError) -> RegistryCredentials? {
    guard !name.contains("/"), name.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
      throw .address("the configuration of Docker names a credential helper that is no program")
    }
    let program = "docker-credential-\(name)"
    // The program reads the host from its standard input.
    let script = "PATH=\"$2\"; export PATH; printf %s \"$1\" | exec \"$0\" get"
    let path = environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    let ending: ChildProcess.Ending
    do { ending = try ChildProcess.run(["/bin/sh", "-c", script, program, host, path], seconds: Self.seconds) } catch {
      throw .address("'\(program)' could not be started: \(error)")
    }
    guard ending.status == 0 else {
      if ending.output.contains("credentials not found") { return nil }
      let isMissing = ending.status == 127
      throw .address("'\(program)' \(isMissing ? "is not installed" : "failed: \(ending.message.prefix(200))")")
    }
    guard let json = try? JSON(parsing: Array(ending.output.utf8)), let user = json["Username"]?.string,
      let secret = json["Secret"]?.string
    else { throw .address("'\(program)' printed no credentials") }
    return user == "<token>" ? .identity(secret) : .password(user: user, password: secret)
  }
}
