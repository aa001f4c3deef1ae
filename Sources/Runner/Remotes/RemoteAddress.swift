package import Files
import Web

/// The address of a remote as people write it.
package enum RemoteAddress {
  /// Most bytes of the name of a repository with its host: more is not taken by many programs.
  private static let mostRepository = 255

  /// The remote at an address: `file:/FOLDER` or a path, `s3://BUCKET/PREFIX?endpoint=&region=&profile=`,
  /// `oci://HOST/REPOSITORY`, or `https://SITE/FOLDER`, which is only read. Plain http is for this machine alone,
  /// unless `?http=true` asks for it. Nothing is sent yet. `agent` is the name and version of this program.
  package static func open(
    _ text: String, isReadOnly: Bool = false, environment: [String: String], agent: String, pace: Pace = Pace(),
    files: any FileSystem = DiskFileSystem()
  ) throws(RemoteError) -> any Remote {
    guard let (scheme, rest) = scheme(text) else {
      guard !text.isEmpty else { throw .address("an address of a remote is needed, as file:/FOLDER") }
      return LayoutRemote(place: FolderPlace(root: folder(text), files: files, isReadOnly: isReadOnly))
    }
    switch scheme {
    case "file":
      // Three slashes are the form with an empty host.
      let path = rest.hasPrefix("//") ? rest.dropFirst(2) : rest
      guard path.hasPrefix("/") else { throw .address("'\(text)' names no folder: write file:/FOLDER") }
      return LayoutRemote(place: FolderPlace(root: folder(String(path)), files: files, isReadOnly: isReadOnly))
    case "s3":
      return try bucket(rest, text, isReadOnly, environment, HTTPClient(agent: agent, pace: pace))
    case "oci": return try registry(rest, text, isReadOnly, environment, HTTPClient(agent: agent, pace: pace))
    case "http", "https": return try site(text, HTTPClient(agent: agent, pace: pace))
    default: throw .address("'\(scheme):' is no kind of remote: file:, s3:, oci: and https: are")
    }
  }

  /// The scheme before a colon, and what comes after that; nil for a path.
  private static func scheme(_ text: String) -> (String, Substring)? {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let scheme = text[..<colon]
    guard scheme.utf8.count > 1, scheme.utf8.allSatisfy({ (97...122).contains($0 | 32) || (48...57).contains($0) })
    else {
      return nil
    }
    return (scheme.lowercased(), text[text.index(after: colon)...])
  }

  private static func folder(_ text: String) -> String {
    var path = text
    while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }

  /// The parts of `//authority/path?query`. The message of an error never shows user information.
  private static func parts(
    _ rest: Substring, _ scheme: String, _ keys: [String]
  ) throws(RemoteError) -> (authority: Substring, path: String, query: [String: String]) {
    guard rest.hasPrefix("//") else { throw .address("'\(scheme):' is followed by two slashes: \(scheme)://…") }
    let all = rest.dropFirst(2)
    guard !all.contains("#") else { throw .address("the address of a remote has no part after '#'") }
    let authority = all.prefix { $0 != "/" && $0 != "?" }
    guard !authority.contains("@") else {
      throw .address("no user or password belongs into the address of a remote: files and variables have them")
    }
    let tail = all.dropFirst(authority.count)
    let path = tail.prefix { $0 != "?" }
    let query = try query(tail.dropFirst(path.count + 1), scheme, keys)
    guard let decoded = WebAddress.decoded(path) else { throw .address("'\(path)' is no path of an address") }
    let plain = Substring(decoded).trimming { $0 == "/" }
    let names = plain.isEmpty ? [] : plain.split(separator: "/", omittingEmptySubsequences: false)
    guard names.allSatisfy({ !["", ".", ".."].contains($0) }) else {
      throw .address("'\(path)' has empty names or dots between its slashes")
    }
    return (authority, String(plain), query)
  }

  private static func query(
    _ text: Substring, _ scheme: String, _ keys: [String]
  ) throws(RemoteError) -> [String: String] {
    var query: [String: String] = [:]
    for item in text.split(separator: "&") {
      let key = String(item.prefix { $0 != "=" })
      guard keys.contains(key) else {
        let known = keys.isEmpty ? "it takes none" : "it takes \(keys.joined(separator: ", "))"
        throw .address("'\(scheme)://' does not know the parameter '\(key)': \(known)")
      }
      guard let value = WebAddress.decoded(item.dropFirst(key.count + 1)), !value.isEmpty, query[key] == nil else {
        throw .address("the parameter '\(key)' has no value, or several")
      }
      query[key] = value
    }
    return query
  }

  /// Whether plain http is asked for.
  private static func isPlain(_ query: [String: String]) throws(RemoteError) -> Bool {
    guard let value = query["http"] else { return false }
    guard value == "true" else { throw .address("the parameter 'http' is 'true' or not there") }
    return true
  }

  private static func bucket(
    _ rest: Substring, _ text: String, _ isReadOnly: Bool, _ environment: [String: String], _ client: HTTPClient
  ) throws(RemoteError) -> any Remote {
    let (name, prefix, query) = try parts(rest, "s3", ["endpoint", "region", "profile", "http"])
    guard (3...63).contains(name.utf8.count), !name.contains(".."),
      name.utf8.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || "-._".utf8.contains($0) })
    else { throw .address("'\(name)' is no name of a bucket: 3 to 63 small letters, digits, '-' and '.'") }
    let account = try S3Account(environment, profile: query["profile"])
    var endpoint: WebAddress?
    if let text = query["endpoint"] ?? account.endpoint {
      guard let address = WebAddress(text.contains("://") ? text : "https://\(text)"), address.query.isEmpty else {
        throw .address("the endpoint of '\(name)' is no address as https://HOST")
      }
      let isPlain = try isPlain(query)
      guard address.isSecure || address.isLoopback || isPlain else {
        throw .address("the endpoint '\(address.authority)' is asked over plain http only with ?http=true")
      }
      endpoint = address
    }
    let region = query["region"] ?? account.region
    guard S3Bucket.isRegion(region) else { throw .address("'\(region)' is no name of a region") }
    let bucket = S3Bucket(String(name), client, account, endpoint: endpoint, region: region)
    return LayoutRemote(place: S3Place(client, bucket, prefix: prefix, isReadOnly: isReadOnly))
  }

  private static func registry(
    _ rest: Substring, _ text: String, _ isReadOnly: Bool, _ environment: [String: String], _ client: HTTPClient
  ) throws(RemoteError) -> any Remote {
    let (authority, repository, query) = try parts(rest, "oci", ["http"])
    guard let (host, port) = WebAddress.hostAndPort(authority) else {
      throw .address("'\(authority)' is no host of a registry")
    }
    guard isRepository(repository), authority.utf8.count + repository.utf8.count < mostRepository else {
      throw .address(
        "'\(repository)' is no name of a repository: small letters, digits and any of . _ - between them, in parts "
          + "joined by slashes")
    }
    // Docker Hub's registry has another host than its name.
    var root = WebAddress(
      isSecure: true, host: host == "docker.io" ? "registry-1.docker.io" : host, port: port, path: "/")
    let isPlain = try isPlain(query)
    root.isSecure = !isPlain && !root.isLoopback
    return RegistryRemote(client, root, repository, isReadOnly: isReadOnly) { host throws(RemoteError) in
      try DockerFiles(environment).credentials(for: host)
    }
  }

  /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*`, in parts joined by slashes.
  static func isRepository(_ text: String) -> Bool {
    text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
      let isLetter = { (byte: UInt8) in (97...122).contains(byte) || (48...57).contains(byte) }
      let marks = part.utf8.split(whereSeparator: isLetter).map { String(decoding: Array($0), as: UTF8.self) }
      return part.utf8.first.map(isLetter) ?? false && isLetter(part.utf8.last!)
        && marks.allSatisfy { [".", "_", "__"].contains($0) || $0.utf8.allSatisfy { $0 == UInt8(ascii: "-") } }
    }
  }

  private static func site(_ text: String, _ client: HTTPClient) throws(RemoteError) -> any Remote {
    let rest = text.drop { $0 != ":" }.dropFirst()
    let (_, _, query) = try parts(rest, "https", ["http"])
    guard var address = WebAddress(text) else { throw .address("the address of a site is https://HOST/FOLDER") }
    let isPlain = try isPlain(query)
    guard address.isSecure || address.isLoopback || isPlain else {
      throw .address("'\(address.authority)' is asked over plain http only with ?http=true")
    }
    address.query = ""
    return LayoutRemote(place: SitePlace(client, address))
  }
}
