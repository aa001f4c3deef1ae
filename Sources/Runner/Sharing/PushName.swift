package import Artifacts
import Remotes

/// The name of a push, which nobody else can give: `p-<lab>-<writer>-<number>-<digest>`, the number in 8 digits, and 16
/// digits of the digest of its manifest.
package struct PushName: Hashable, Sendable {
  package let lab: String
  /// 16 hexadecimal digits.
  package let writer: String
  package let number: Int
  /// 16 hexadecimal digits.
  let digest: String

  package init(_ claims: Claims, manifest: Digest) {
    (lab, writer, number) = (claims.lab, claims.writer, claims.number)
    digest = String(manifest.hex.prefix(16))
  }

  package var tag: String {
    let digits = String(number)
    return PushTag.prefix + "\(lab)-\(writer)-" + String(repeating: "0", count: max(0, 8 - digits.utf8.count))
      + "\(digits)-\(digest)"
  }

  /// nil for anything that `tag` does not write.
  package init?(tag: String) {
    let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count >= 5, let number = Int(parts[parts.count - 2]) else { return nil }
    lab = parts[1..<(parts.count - 3)].joined(separator: "-")
    writer = String(parts[parts.count - 3])
    self.number = number
    digest = String(parts[parts.count - 1])
    guard Claims.isLab(lab), Claims.isShort(writer), Claims.isShort(digest), (0...Claims.mostPushes).contains(number),
      self.tag == tag
    else {
      return nil
    }
  }

  /// Whether both name the same statement of a writer, of which one may be signed.
  func isSameStatement(as other: PushName) -> Bool {
    lab == other.lab && writer == other.writer && number == other.number
  }

  /// Whether a manifest can have this name.
  func fits(_ manifest: Digest) -> Bool { manifest.hex.hasPrefix(digest) }
}
