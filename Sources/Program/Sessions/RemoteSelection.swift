/// The remotes that count.
package struct RemoteSelection: Sendable {
  package var isOffline: Bool
  /// Names of remotes, or addresses; empty: all of the file.
  package var names: [String]
  package var preferred: String?

  package init(isOffline: Bool = false, names: [String] = [], preferred: String? = nil) {
    (self.isOffline, self.names, self.preferred) = (isOffline, names, preferred)
  }
}
