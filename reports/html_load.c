/* Opens the module that writes HTML: beside the build's programs, or where it is installed. */
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "reports/formats.h"

enum { SHOWN_MAX = 200 };

/* The directory that the running program lies in. */
static int own_directory(char out[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", out, PATH_MAX - 1);
	char *slash;

	if (length < 0)
		return -errno;
	out[length] = '\0';
	slash = strrchr(out, '/');
	if (!slash)
		return -ENOENT;
	*slash = '\0';
	return 0;
}

/* Whether the program lies two levels below the top of a build tree, as all of ours do there. */
static bool is_build(const char *directory)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof(path), "%s/../../CMakeCache.txt", directory);

	return length < PATH_MAX && access(path, F_OK) == 0;
}

static void *open_module(char path[PATH_MAX], struct error *error)
{
	char directory[PATH_MAX], shown[SHOWN_MAX];
	const char *below;
	void *handle;
	int status = own_directory(directory);

	if (status) {
		(void)error_errno(error, status, "cannot find the directory of this program");
		return NULL;
	}
	below = is_build(directory) ? "../../reports" : REPORT_MODULE_DIRECTORY;
	if (snprintf(path, PATH_MAX, "%s/%s/%s", directory, below, REPORT_MODULE_FILE) >= PATH_MAX) {
		(void)error_set(error, -ENAMETOOLONG, "the path of this program is too long");
		return NULL;
	}
	handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (!handle) {
		const char *reason = dlerror();

		(void)error_set(error, -ENOENT, "the html format needs its module and libxml2: %s",
		                text_escape_into(shown, sizeof(shown), reason ? reason : path));
	}
	return handle;
}

/* The module stays open: libxml2 does not like to be unloaded, and the program ends soon. */
int report_html(const struct result *result, const struct report_options *options, FILE *out, struct error *error)
{
	char path[PATH_MAX], shown[SHOWN_MAX];
	const struct report_module *module;
	void *handle = open_module(path, error);

	if (!handle)
		return -ENOENT;
	module = dlsym(handle, REPORT_MODULE_SYMBOL);
	if (!module || strcmp(module->version, DAEMONCK_VERSION) != 0)
		return error_set(error, -EINVAL, "%s is of another version than this program",
		                 text_escape_into(shown, sizeof(shown), path));
	return module->write(result, options, out, error);
}
