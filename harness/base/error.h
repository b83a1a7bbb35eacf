/* An error that travels as a status and a message.
 *
 * Functions that can fail return 0 or a negative errno and take a `struct error *` as their last argument. Only the
 * command line prints it. The argument may be NULL where the caller needs the status alone. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>

enum { ERROR_TEXT_MAX = 512 };

struct error {
	int status;                /* negative errno; 0 while there is no error */
	char text[ERROR_TEXT_MAX]; /* a whole sentence without a full stop, safe to print */
};

/* Records STATUS (a negative errno) and the message, and returns STATUS. The message is cut to fit. */
int error_set(struct error *error, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same, followed by ": " and the text of the errno. */
int error_errno(struct error *error, int status, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
