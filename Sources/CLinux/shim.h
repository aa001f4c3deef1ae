#include <sys/prctl.h>

// prctl is variadic, and so out of Swift's reach.

/// Makes this process the parent of descendants whose own parent has ended. 0 on success.
static inline int linux_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }
