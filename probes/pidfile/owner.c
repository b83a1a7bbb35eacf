/* pidfile.owner: who may write the pid file, or put another in its place, says whom root signals. */
#include "probes/systemd.h"

#include <sys/stat.h>

enum { OTHERS_WRITE = S_IWGRP | S_IWOTH, UNMAPPED = 65534 };

/* In an ordinary user's sandbox root's files show under the id for unmapped users: they may well be root's. */
static bool is_trusted_owner(const struct evidence *evidence, const struct ev_file *file)
{
	bool unmapped = evidence->isolation.level == EV_ISOLATION_USER && file->uid == UNMAPPED;

	return file->uid == 0 || file->uid == evidence->start.uid || unmapped;
}

static void judge_owner(const struct evidence *evidence, const char *path, const struct ev_file *file,
                        struct finding *finding)
{
	if (!is_trusted_owner(evidence, file))
		finding_culprit_file(finding, path, "owner", "uid %u", file->uid);
}

static void judge_file(const struct evidence *evidence, const struct ev_file *file, struct finding *finding)
{
	const char *path = evidence->pidfile.path;

	if (S_ISLNK(file->mode)) {
		finding_culprit_file(finding, path, "type", "symbolic link");
		return;
	}
	if (!S_ISREG(file->mode))
		finding_culprit_file(finding, path, "type", "no regular file, mode %06o", file->mode);
	judge_owner(evidence, path, file, finding);
	if (file->mode & OTHERS_WRITE)
		finding_culprit_file(finding, path, "mode", "%04o", file->mode & 07777);
}

static void judge_directory(const struct evidence *evidence, const struct ev_file *file, struct finding *finding)
{
	const char *path = probe_or_unknown(evidence->pidfile.directory);
	bool sticky = (file->mode & S_ISVTX) != 0;

	judge_owner(evidence, path, file, finding);
	if (file->mode & OTHERS_WRITE)
		finding_culprit_file(finding, path, "directory mode", "%04o%s", file->mode & 07777,
		                     sticky ? ", others may make the file first" : "");
}

static void judge(const struct evidence *evidence, const struct profile *profile, struct finding *finding)
{
	const struct ev_pidfile *pidfile = &evidence->pidfile;
	const struct ev_file *file = &pidfile->settled.file;

	finding_expect(finding,
	               "a regular file of root or of the starting user, that no one else can write or replace");
	if (!pidfile->path) {
		finding_set(finding, VERDICT_SKIP, NO_PIDFILE);
		return;
	}
	if (!file->known) {
		finding_set(finding, VERDICT_SKIP, "there is no pid file to look at");
		return;
	}
	judge_file(evidence, file, finding);
	if (pidfile->directory_file.known)
		judge_directory(evidence, &pidfile->directory_file, finding);
	if (finding->n_culprits > 0)
		finding_fail_culprits(finding, true);
	else
		finding_set(finding, VERDICT_PASS, "uid %u, mode %04o", file->uid, file->mode & 07777);
	systemd_tell(evidence, &pidfile->settled, profile, finding);
}

const struct probe probe_pidfile_owner = {
    .id = "pidfile.owner",
    .seen = SEEN_LAUNCH | SEEN_AUDIT,
    .title = "only root or the starting user can write or replace the pid file",
    .sources =
        "systemd.service(5), PIDFile=; OpenRC service script guide; CVE-2017-11747, CVE-2020-14367, celery #4266",
    .why = "Root's stop script signals whatever process is named in the file: who can write it can have any process "
           "of the machine killed, and through a symbolic link have any file overwritten.",
    .mend =
        {
            .c = "/* as root, before the privileges are dropped, in a directory of root's: */\n"
                 "fd = open(\"/run/my-daemon.pid\", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);\n"
                 "fchmod(fd, 0644);",
            .python = "fd = os.open('/run/my-daemon.pid', os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)\n"
                      "os.fchmod(fd, 0o644)",
            .ruby = "file = File.open('/run/my-daemon.pid', File::RDWR | File::CREAT | File::NOFOLLOW, 0644)\n"
                    "file.chmod(0644)",
            .shell = "umask 022\n"
                     "install -d -o root -g root -m 0755 /run/my-daemon",
        },
    .judge = judge,
};
