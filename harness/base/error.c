#include "base/error.h"

#include <stdio.h>
#include <string.h>

static void error_write(struct error *error, int status, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

static void error_write(struct error *error, int status, const char *format, va_list arguments)
{
	error->status = status;
	(void)vsnprintf(error->text, sizeof(error->text), format, arguments);
}

int error_set(struct error *error, int status, const char *format, ...)
{
	if (error) {
		va_list arguments;

		va_start(arguments, format);
		error_write(error, status, format, arguments);
		va_end(arguments);
	}
	return status;
}

int error_errno(struct error *error, int status, const char *format, ...)
{
	if (error) {
		va_list arguments;
		size_t used;

		va_start(arguments, format);
		error_write(error, status, format, arguments);
		va_end(arguments);
		used = strlen(error->text);
		(void)snprintf(error->text + used, sizeof(error->text) - used, ": %s", strerror(-status));
	}
	return status;
}
