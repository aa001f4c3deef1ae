package import Glibc

/// Starts programs.
package enum Spawn {
  /// Starts `arguments` in a process group of its own, so that a Ctrl-C at the terminal is not for it, with `streams`
  /// as its standard ones and no further descriptor, and no signal blocked or ignored. A program without a slash is
  /// looked up in PATH; `program` stands for the first argument. The environment is this process's unless one is given.
  package static func start(
    _ arguments: [String], program: String? = nil, environment: [String]? = nil, folder: String? = nil,
    streams: [Int32]
  ) throws -> pid_t {
    var actions = Linux.noActions
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, stream) in streams.enumerated() { posix_spawn_file_actions_adddup2(&actions, stream, Int32(number)) }
    Linux.confine(&actions, to: folder)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var pid: pid_t = 0
    let path = program ?? arguments[0]
    let code = Strings.withPointers(arguments) { argv in
      guard let environment else { return posix_spawnp(&pid, path, &actions, &attributes, argv, environ) }
      return Strings.withPointers(environment) { posix_spawnp(&pid, path, &actions, &attributes, argv, $0) }
    }
    guard code == 0 else { throw SystemError("start \(path)", code) }
    return pid
  }
}
