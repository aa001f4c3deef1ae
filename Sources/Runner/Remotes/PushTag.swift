/// Names of pushes at a remote.
package enum PushTag {
  /// The letters with which all of them begin; what does not is somebody else's.
  package static let prefix = "p-"

  /// Whether a text is such a name: it begins as they do and is a tag by the rules of registries, `[a-zA-Z0-9_]`
  /// followed by up to 127 of `[a-zA-Z0-9._-]`.
  package static func isTag(_ text: some StringProtocol) -> Bool {
    text.utf8.count <= 128 && text.hasPrefix(prefix)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
          true
        default: false
        }
      }
  }
}
