/* Files, bounded: every reader takes the most it will accept. */
#ifndef BASE_IO_H
#define BASE_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

/* Reads the file NAME below the directory DIR_FD into BUFFER, at most SIZE - 1 bytes, and ends it with a NUL. Returns
 * the number of bytes or -errno; *ret_cut, where given, tells that the file is longer. One open and at most two reads:
 * fit for /proc. */
ssize_t io_read_at(int dir_fd, const char *name, char *buffer, size_t size, bool *ret_cut);

/* The same with a buffer from malloc that grows up to LIMIT bytes. -EFBIG when the file is longer. */
ssize_t io_read_all_at(int dir_fd, const char *name, size_t limit, char **ret_buffer);

/* Writes the whole buffer, whatever the kernel takes at a time. Returns 0 or -errno. */
int io_write_all(int fd, const void *buffer, size_t size);

/* Puts the whole content in the place of PATH at one stroke: readers see the old file or the new one, and a writer that
 * dies leaves neither a half nor a temporary file (O_TMPFILE; a name of its own only where the file system lacks it).
 */
int io_replace_file(const char *path, const void *content, size_t size, struct error *error);

#endif
