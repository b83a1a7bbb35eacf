/* fs.modes: what the daemon created may not be written by everybody. */
#include "probes/common.h"

#include <string.h>
#include <sys/stat.h>

/* Symbolic links have no mode of their own, devices are made for all, and a sticky directory is shared on purpose. */
static bool is_judged(const struct ev_written *written)
{
	uint32_t mode = written->file.mode;

	if (!written->created || !written->file.known || !written->path)
		return false;
	if (S_ISLNK(mode) || S_ISCHR(mode))
		return false;
	return !(S_ISDIR(mode) && (mode & S_ISVTX));
}

static bool is_below(const char *path, const char *directory)
{
	return probe_path_within(path, directory) && strlen(path) > strlen(directory);
}

/* Whether others cannot come to PATH, because a directory above it that was written too does not let them in. */
static bool is_shut_off(const struct evidence *evidence, const char *path)
{
	for (size_t i = 0; i < evidence->n_written; i++) {
		const struct ev_written *above = &evidence->written[i];

		if (above->path && above->file.known && S_ISDIR(above->file.mode) && !(above->file.mode & S_IXOTH) &&
		    is_below(path, above->path))
			return true;
	}
	return false;
}

static const char *type_text(uint32_t mode)
{
	if (S_ISDIR(mode))
		return "directory";
	if (S_ISSOCK(mode))
		return "socket";
	if (S_ISFIFO(mode))
		return "named pipe";
	return S_ISREG(mode) ? "file" : "special file";
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	size_t judged = 0;

	(void)profile;
	finding_expect(finding, "no file, directory or socket that it created is writable by others");
	for (size_t i = 0; i < evidence->n_written; i++) {
		const struct ev_written *written = &evidence->written[i];

		if (!is_judged(written))
			continue;
		judged++;
		if ((written->file.mode & S_IWOTH) && !is_shut_off(evidence, written->path))
			finding_culprit_file(finding, written->path, "mode", "%04o, a %s", written->file.mode & 07777,
			                     type_text(written->file.mode));
	}
	if (finding->n_culprits > 0)
		finding_fail_culprits(finding, true);
	else if (!evidence->isolation.overlay)
		finding_set(finding, VERDICT_SKIP, "what it wrote cannot be told here, without an overlay");
	else
		finding_set(finding, VERDICT_PASS, "%zu created, none writable by others", judged);
}

const struct probe probe_fs_modes = {
    .id = "fs.modes",
    .seen = SEEN_LAUNCH,
    .title = "nothing that it created is writable by others",
    .sources = "CWE-732; uwsgi #2752",
    .why =
        "Every user of the machine can put a pid into its pid file, lines into its log, or requests into its socket.",
    .mend =
        {
            .c = "fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0640); /* not 0666 under umask 0 */\n"
                 "fchmod(fd, 0640);",
            .python = "fd = os.open(path, os.O_WRONLY | os.O_CREAT, 0o640)",
            .ruby = "File.open(path, File::WRONLY | File::CREAT, 0640)",
            .shell = "umask 027",
        },
    .judge = judge,
};
