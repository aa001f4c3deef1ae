// The plain SHA-256 calls: they are deprecated in favour of EVP, which loads providers at start-up (milliseconds).
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
