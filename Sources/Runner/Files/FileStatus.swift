/// The facts that a store wants to know of a file.
package struct FileStatus: Hashable, Sendable {
  package var device: UInt64
  package var inode: UInt64
  package var size: Int
  /// Nanoseconds since 1970.
  package var modified: Int64
  /// Nanoseconds since 1970 of the last change of content, name or mode.
  package var changed: Int64
  package var isFolder: Bool

  package init(device: UInt64, inode: UInt64, size: Int, modified: Int64, changed: Int64, isFolder: Bool) {
    self.device = device
    self.inode = inode
    self.size = size
    self.modified = modified
    self.changed = changed
    self.isFolder = isFolder
  }
}
