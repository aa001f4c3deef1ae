internal import CLinux
internal import Glibc

/// What only Linux has.
enum Linux {
  /// From now on what a descendant leaves behind becomes a child of this process.
  static func adoptOrphans() { _ = linux_adopt_orphans() }

  /// A spawned process starts in `folder`, with no descriptor from 3 on.
  static func confine(_ actions: inout posix_spawn_file_actions_t, to folder: String?) {
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
  }
}
