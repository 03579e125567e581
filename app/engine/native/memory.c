/* What the C library does with memory that is given back. */
#include "kernel.h"

#if defined(__linux__)
#include <malloc.h>
#endif

/* Have so many bytes kept for the next block instead of returned to the system, which would hand them out again
 * page by page. Returns 0 where the C library cannot be told. */
int64_t keep_free(int64_t bytes)
{
#if defined(M_TOP_PAD)
    return mallopt(M_TOP_PAD, (int)bytes);
#else
    return 0 * bytes;
#endif
}
