package import Artifacts

/// Small files that tell when they are damaged or under a wrong name: the content, then SHA-256(name, content).
package enum Sealed {
  /// `content` as it is written under the name that `key` stands for.
  package static func seal(_ content: [UInt8], _ key: Digest) -> [UInt8] { content + check(content[...], key).bytes }

  /// The content, or nil when it is not what was sealed under this name.
  package static func open(_ bytes: [UInt8], _ key: Digest) -> [UInt8]? {
    guard bytes.count >= 32 else { return nil }
    let content = bytes[..<(bytes.count - 32)]
    return check(content, key).bytes.elementsEqual(bytes[content.endIndex...]) ? Array(content) : nil
  }

  private static func check(_ content: ArraySlice<UInt8>, _ key: Digest) -> Digest {
    var hasher = DigestHasher()
    key.bytes.withUnsafeBytes { hasher.update($0) }
    content.withUnsafeBytes { hasher.update($0) }
    return hasher.finish()
  }
}
