/* What the C library does with memory that is given back. */
#include "kernel.h"

#if defined(__linux__)
#include <malloc.h>
#endif

#define LARGEST (32 << 20) /* bytes of what comes from the heap; more the C library does not allow */

/* Have so many bytes kept for the next block instead of returned to the system, which would hand them out again
 * page by page. Being told how much to keep, the C library no longer learns which arrays are short-lived, so it is
 * told that too. Returns 0 where it cannot be told. */
int64_t keep_free(int64_t bytes)
{
#if defined(M_TOP_PAD) && defined(M_MMAP_THRESHOLD)
    return mallopt(M_MMAP_THRESHOLD, LARGEST) && mallopt(M_TOP_PAD, (int)bytes);
#else
    return 0 * bytes;
#endif
}
