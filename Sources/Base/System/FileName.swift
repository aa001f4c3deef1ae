/// Names of files in a tree.
package enum FileName {
  /// Whether `name` can name a file in any folder: 1 to 255 bytes, no slash, no NUL, not `.` or `..`.
  package static func isValid(_ name: String) -> Bool {
    let bytes = name.utf8
    return !bytes.isEmpty && bytes.count <= 255 && name != "." && name != ".."
      && !bytes.contains(UInt8(ascii: "/")) && !bytes.contains(0)
  }

  /// The hint to add to an error about `text`, which names files: one whose bytes are not UTF-8 is not found again.
  package static func hint(_ text: String) -> String {
    text.contains("\u{FFFD}") ? "; a name in it is not UTF-8, and bioarc cannot open it: rename that" : ""
  }
}
