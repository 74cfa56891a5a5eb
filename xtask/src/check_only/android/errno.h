/* The C library of Android has `__errno` where musl, whose headers stand in for those of
   the NDK, has `__errno_location`. */
#ifndef __ASSEMBLER__
#include <errno.h>
#undef errno
#ifdef __cplusplus
extern "C" int *__errno(void);
#else
extern int *__errno(void);
#endif
#define errno (*__errno())
#endif
