/// An object as a run's log names it.
package struct ObjectName: Codable, Sendable, Hashable {
  package let digest: String
  package let size: Int
}
