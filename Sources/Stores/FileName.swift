/// Names of files in a tree.
package enum FileName {
  /// Whether `name` can name a file in any folder: 1 to 255 bytes, no slash, no NUL, not `.` or `..`.
  package static func isValid(_ name: String) -> Bool {
    let bytes = name.utf8
    return !bytes.isEmpty && bytes.count <= 255 && name != "." && name != ".."
      && !bytes.contains(UInt8(ascii: "/")) && !bytes.contains(0)
  }
}
