import Glibc
import Syntax

/// The means by which files of the web are fetched.
package struct WebAccess {
  /// Name and version of this program, as servers are told.
  let agent: String
  /// Most bytes of a file, as it is sent and uncompressed: an address that is wrong must not fill a disk.
  let limit: Int
  /// Whether a file whose digest nobody has stated is fetched, to say which it is.
  let pins: Bool
  /// Hears of an address how many bytes are here, and of how many if the server tells.
  let progress: (String, Int, Int?) -> Void

  /// The variable that sets another limit, as 20GB.
  static let limitVariable = "BIOARC_FETCH_LIMIT"

  /// A limit that cannot be read.
  package struct BadLimit: Error, CustomStringConvertible {
    package let description: String
  }

  /// Throws `BadLimit` for a variable that states no amount.
  package init(agent: String, pins: Bool = false, progress: @escaping (String, Int, Int?) -> Void) throws(BadLimit) {
    var limit = 1 << 37
    if let text = getenv(Self.limitVariable).map({ String(cString: $0) }), !text.isEmpty {
      guard let stated = Quantity.byteCount(text) else {
        throw BadLimit(description: "\(Self.limitVariable) is '\(text)': an amount as 20GB is needed")
      }
      limit = stated
    }
    (self.agent, self.limit) = (agent, limit)
    (self.pins, self.progress) = (pins, progress)
  }
}
