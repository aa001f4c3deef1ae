package import Remotes

/// A remote by the name that a lab gave it.
package struct Peer {
  package let name: String
  package let remote: any Remote
  /// The pushes that it has; nil: it was not asked yet.
  var tags: Set<String>?
  /// Whether it is asked no more by this process.
  var isDown = false

  package init(_ name: String, _ remote: any Remote) { (self.name, self.remote) = (name, remote) }
}
