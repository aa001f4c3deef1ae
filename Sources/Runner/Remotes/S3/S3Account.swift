import JSON
internal import Synchronization
import System
import Web

/// The place to which requests to S3 go, and who asks, as the user's environment and files say.
final class S3Account: Sendable {
  private static let seconds = 60.0

  private let environment: [String: String]
  private let files: AmazonFiles
  private let profile: String
  /// Whether a profile was asked for, rather than taken because there is nothing else.
  private let isChosen: Bool
  private let known = Mutex<S3Credentials?>(nil)

  init(_ environment: [String: String], profile: String?) throws(RemoteError) {
    self.environment = environment
    files = AmazonFiles(environment)
    let chosen = profile ?? environment["AWS_PROFILE"]
    (self.profile, isChosen) = (chosen ?? "default", profile != nil)
    if let chosen, !files.has(chosen) {
      throw .address("there is no profile '\(chosen)' in ~/.aws/credentials or ~/.aws/config")
    }
  }

  /// The address of a service other than Amazon's own; nil for that.
  var endpoint: String? {
    environment["AWS_ENDPOINT_URL_S3"] ?? environment["AWS_ENDPOINT_URL"]
      ?? files.value("endpoint_url", service: "s3", profile: profile)
      ?? files.value("endpoint_url", profile: profile)
  }

  var region: String {
    environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? files.value("region", profile: profile)
      ?? "us-east-1"
  }

  /// The credentials, made anew where they soon end; nil where there are none, so that requests are anybody's.
  func credentials(at now: Double) throws(RemoteError) -> S3Credentials? {
    if let known = known.withLock({ $0 }), known.expires.map({ $0 - 60 > now }) ?? true { return known }
    let found = try find()
    known.withLock { $0 = found }
    return found
  }

  private func find() throws(RemoteError) -> S3Credentials? {
    // A profile that the remote names is more than the environment says.
    if !isChosen, let id = environment["AWS_ACCESS_KEY_ID"], let secret = environment["AWS_SECRET_ACCESS_KEY"] {
      return S3Credentials(id: id, secret: secret, token: environment["AWS_SESSION_TOKEN"])
    }
    if let id = files.value("aws_access_key_id", profile: profile),
      let secret = files.value("aws_secret_access_key", profile: profile)
    {
      return S3Credentials(id: id, secret: secret, token: files.value("aws_session_token", profile: profile))
    }
    return try files.value("credential_process", profile: profile).map(run)
  }

  /// Asks the program that a profile names.
  private func run(_ command: String) throws(RemoteError) -> S3Credentials {
    let isPlain = !command.contains { "\"'\\$`|&;<>()*?[]{}~#!\n".contains($0) }
    let words = isPlain ? command.split(separator: " ").map(String.init) : ["/bin/sh", "-c", command]
    let ending: ChildProcess.Ending
    do { ending = try ChildProcess.run(words, seconds: Self.seconds) } catch {
      throw .address("the credential_process of the profile '\(profile)' could not be started: \(error)")
    }
    guard ending.status == 0 else {
      throw .address("the credential_process of the profile '\(profile)' failed: \(ending.message.prefix(200))")
    }
    guard let json = try? JSON(parsing: Array(ending.output.utf8)), json["Version"]?.int == 1,
      let id = json["AccessKeyId"]?.string, let secret = json["SecretAccessKey"]?.string
    else { throw .address("the credential_process of the profile '\(profile)' printed no credentials") }
    let expires = json["Expiration"]?.string.flatMap(HTTPDate.iso)
    return S3Credentials(id: id, secret: secret, token: json["SessionToken"]?.string, expires: expires)
  }
}
