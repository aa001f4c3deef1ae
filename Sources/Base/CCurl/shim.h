#include <dlfcn.h>
#include <stddef.h>

// The part of libcurl that is used, found when it is needed first: linking it would cost every start 6 ms and 32
// libraries. The numbers of options are libcurl's and never change.

typedef struct {
  int (*global_init)(long);
  void *(*easy_init)(void);
  void (*easy_cleanup)(void *);
  void (*easy_reset)(void *);
  int (*easy_perform)(void *);
  int (*easy_setopt)(void *, int, ...);
  int (*easy_getinfo)(void *, int, ...);
  const char *(*easy_strerror)(int);
  void *(*slist_append)(void *, const char *);
  void (*slist_free_all)(void *);
} curl_library;

enum {
  CURL_LOW_SPEED_LIMIT = 19,
  CURL_LOW_SPEED_TIME = 20,
  CURL_NOPROGRESS = 43,
  CURL_NOBODY = 44,
  CURL_UPLOAD = 46,
  CURL_FOLLOWLOCATION = 52,
  CURL_CONNECTTIMEOUT = 78,
  CURL_HTTPGET = 80,
  CURL_NOSIGNAL = 99,
  CURL_PROTOCOLS = 181,
  CURL_PATH_AS_IS = 234,
  CURL_WRITEDATA = 10001,
  CURL_URL = 10002,
  CURL_READDATA = 10009,
  CURL_ERRORBUFFER = 10010,
  CURL_USERAGENT = 10018,
  CURL_HTTPHEADER = 10023,
  CURL_HEADERDATA = 10029,
  CURL_CUSTOMREQUEST = 10036,
  CURL_WRITEFUNCTION = 20011,
  CURL_READFUNCTION = 20012,
  CURL_HEADERFUNCTION = 20079,
  CURL_INFILESIZE_LARGE = 30115,
};

/// Codes by which `easy_perform` ends.
enum {
  CURL_OK = 0,
  CURL_NO_PROXY_NAME = 5,
  CURL_NO_HOST_NAME = 6,
  CURL_NO_CONNECTION = 7,
  CURL_WRITE_ERROR = 23,
  CURL_TIMED_OUT = 28,
  CURL_NO_TLS = 35,
  CURL_ABORTED = 42,
  CURL_NOT_VERIFIED = 60,
  CURL_NO_CERTIFICATES = 77,
};

/// The number that a callback for reading returns to end a transfer.
static const size_t curl_abort = 0x10000000;

/// Finds the library; 0 where the machine has none, or one without a function that is needed.
static inline int curl_open(curl_library *f) {
  void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) library = dlopen("libcurl-gnutls.so.4", RTLD_NOW | RTLD_LOCAL);
  if (!library) return 0;
  f->global_init = (int (*)(long))dlsym(library, "curl_global_init");
  f->easy_init = (void *(*)(void))dlsym(library, "curl_easy_init");
  f->easy_cleanup = (void (*)(void *))dlsym(library, "curl_easy_cleanup");
  f->easy_reset = (void (*)(void *))dlsym(library, "curl_easy_reset");
  f->easy_perform = (int (*)(void *))dlsym(library, "curl_easy_perform");
  f->easy_setopt = (int (*)(void *, int, ...))dlsym(library, "curl_easy_setopt");
  f->easy_getinfo = (int (*)(void *, int, ...))dlsym(library, "curl_easy_getinfo");
  f->easy_strerror = (const char *(*)(int))dlsym(library, "curl_easy_strerror");
  f->slist_append = (void *(*)(void *, const char *))dlsym(library, "curl_slist_append");
  f->slist_free_all = (void (*)(void *))dlsym(library, "curl_slist_free_all");
  // 3: all that the library has to begin.
  return f->global_init && f->easy_init && f->easy_cleanup && f->easy_reset && f->easy_perform && f->easy_setopt
      && f->easy_getinfo && f->easy_strerror && f->slist_append && f->slist_free_all && f->global_init(3) == 0;
}

typedef size_t (*curl_callback)(char *, size_t, size_t, void *);

static inline void *curl_handle(const curl_library *f) { return f->easy_init(); }
static inline void curl_close(const curl_library *f, void *handle) { f->easy_cleanup(handle); }
static inline void curl_reset(const curl_library *f, void *handle) { f->easy_reset(handle); }
static inline int curl_perform(const curl_library *f, void *handle) { return f->easy_perform(handle); }
static inline const char *curl_words(const curl_library *f, int code) { return f->easy_strerror(code); }
static inline void *curl_add(const curl_library *f, void *list, const char *line) {
  return f->slist_append(list, line);
}
static inline void curl_free(const curl_library *f, void *list) { f->slist_free_all(list); }
static inline int curl_set_long(const curl_library *f, void *handle, int option, long value) {
  return f->easy_setopt(handle, option, value);
}
static inline int curl_set_size(const curl_library *f, void *handle, int option, long long value) {
  return f->easy_setopt(handle, option, value);
}
static inline int curl_set_pointer(const curl_library *f, void *handle, int option, const void *value) {
  return f->easy_setopt(handle, option, value);
}
static inline int curl_set_callback(const curl_library *f, void *handle, int option, curl_callback value) {
  return f->easy_setopt(handle, option, value);
}
/// The status of the last answer; 0 where there was none.
static inline long curl_status(const curl_library *f, void *handle) {
  long status = 0;
  f->easy_getinfo(handle, 0x200002, &status);
  return status;
}
