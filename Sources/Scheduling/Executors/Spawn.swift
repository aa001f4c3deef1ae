import Glibc

/// Starts programs.
enum Spawn {
  /// Starts `arguments` in a process group of its own, so that a Ctrl-C at the terminal is not for it. A program
  /// without a slash is looked up in PATH.
  static func start(_ arguments: [String], input: Int32, output: Int32, errors: Int32) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    var pid: pid_t = 0
    let code = Strings.withPointers(arguments) { argv in
      posix_spawnp(&pid, arguments[0], &actions, &attributes, argv, environ)
    }
    guard code == 0 else { throw SystemError("start \(arguments[0])", code) }
    return pid
  }
}
