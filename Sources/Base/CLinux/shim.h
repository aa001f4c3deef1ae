#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Parts of the C library that Swift does not see: prctl and syscall are variadic, vfork is unavailable, and the spawn
// actions that POSIX does not name are hidden.

extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *folder);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

/// Makes this process the parent of descendants whose own parent has ended. 0 on success.
static inline int linux_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

/// Cores that this process may run on; 0 when the kernel does not tell.
static inline int linux_usable_cores(void) {
  unsigned char set[1 << 13];
  const long size = syscall(SYS_sched_getaffinity, 0, sizeof set, set);
  int cores = 0;
  for (long i = 0; i < size; i++) cores += __builtin_popcount(set[i]);
  return cores;
}

/// Starts the program at a path, which no shell interprets, and which is killed when the calling thread ends, in a
/// process group of its own, with nothing on standard input and no other environment. Returns its process; where there
/// is none, an error number is in `code`.
static inline pid_t linux_start_tied(
    const char *program, char *const *arguments, char *const *environment, int *code) {
  const pid_t parent = getpid();
  volatile int failure = 0;
  const pid_t child = vfork();
  if (child == 0) {
    // Up to here the parent's death goes unnoticed.
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0 && getppid() == parent) {
      const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
      if (nothing >= 0 && dup2(nothing, 0) == 0 && setpgid(0, 0) == 0) execve(program, arguments, environment);
    }
    failure = errno;
    _exit(127);
  }
  *code = child < 0 ? errno : failure;
  return child;
}
