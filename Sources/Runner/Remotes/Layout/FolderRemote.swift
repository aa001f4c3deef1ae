package import Files

/// Remotes that are folders.
package enum FolderRemote {
  /// The layout in a folder, which need not be there yet.
  package static func open(
    _ root: String, _ files: any FileSystem = DiskFileSystem(), isReadOnly: Bool = false
  ) -> any Remote { LayoutRemote(place: FolderPlace(root: root, files: files, isReadOnly: isReadOnly)) }
}
