// The plain SHA calls: they are deprecated in favour of EVP, which loads providers at its first call (milliseconds), and
// is called where a signature is verified.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>
