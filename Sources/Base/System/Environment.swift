import Glibc

/// The environment variables of this process.
package enum Environment {
  package static var variables: [String: String] {
    var result: [String: String] = [:]
    var place = environ
    while let entry = place.pointee {
      let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2, result[String(parts[0])] == nil { result[String(parts[0])] = String(parts[1]) }
      place += 1
    }
    return result
  }
}
