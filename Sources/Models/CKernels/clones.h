#ifndef KERNEL_CLONES_H
#define KERNEL_CLONES_H

// One body, compiled for three kinds of CPU; the loader picks. ThreadSanitizer cannot start with such resolvers.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define KERNEL_NO_CLONES 1
#endif
#endif

#if defined(__x86_64__) && !defined(KERNEL_NO_CLONES)
#define KERNEL __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif

// For a function that sums: the compiler may use several partial sums.
#define KERNEL_SUMS _Pragma("clang fp reassociate(on) contract(fast)")

#endif
