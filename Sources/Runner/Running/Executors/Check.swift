import Glibc

/// One thing that was looked at, and the finding.
package struct Check: Sendable, Encodable {
  package let name: String
  package let isGood: Bool
  package let finding: String
}
