package import CLinux
package import Glibc

/// Calls that only Linux has.
package enum Linux {
  /// From now on, children that a descendant leaves behind become children of this process.
  package static func adoptOrphans() { _ = linux_adopt_orphans() }

  /// Cores that this process may run on; 0 when the kernel does not tell.
  package static var usableCores: Int { Int(linux_usable_cores()) }

  /// Starts the program at a path with nothing on standard input and no other environment, in a process group of its
  /// own; the kernel kills it when the calling thread ends, however that ends. `code` is the error where there is no
  /// process.
  package static func startTied(
    _ program: String, _ arguments: [String], _ environment: [String]
  ) -> (pid: pid_t, code: Int32) {
    var code: Int32 = 0
    let pid = Strings.withPointers(arguments) { arguments in
      Strings.withPointers(environment) { linux_start_tied(program, arguments, $0, &code) }
    }
    return (pid, code)
  }

  /// The actions of a spawned process, none yet. Their type is the C library's or `CLinux`'s, whichever the compiler
  /// reads first: only a file that imports both can make them every time.
  package static var noActions: posix_spawn_file_actions_t { posix_spawn_file_actions_t() }

  /// A spawned process starts in `folder`, with no descriptor from 3 on.
  package static func confine(_ actions: inout posix_spawn_file_actions_t, to folder: String?) {
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
  }
}
