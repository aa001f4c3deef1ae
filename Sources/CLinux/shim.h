#include <spawn.h>
#include <sys/prctl.h>

// What Swift's view of the C library lacks: prctl is variadic, and the spawn actions that POSIX does not name are hidden.

extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *folder);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

/// Makes this process the parent of descendants whose own parent has ended. 0 on success.
static inline int linux_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
