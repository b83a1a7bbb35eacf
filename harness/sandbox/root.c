/* The sandbox's root, put together from overlays. */
#include "sandbox/root.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "sandbox/device.h"
#include "sandbox/kernel.h"
#include "sandbox/mounts.h"

/* Where the sandbox's own tmpfs is mounted while the root is built. Any directory of the host serves: it is hidden in
 * this mount namespace alone, and what it holds is reached by descriptors opened before. */
#define BASE   "/tmp"
#define MERGED BASE "/root"

struct builder {
	const struct root_plan *plan;
	int hidden_fd; /* the directory that BASE was before: as an ordinary user it is a lower layer, too */
	struct root *root;
	struct mounts mounts;
	struct error *error;
};

void root_note(struct root *root, const char *format, ...)
{
	char line[512];
	va_list arguments;

	va_start(arguments, format);
	(void)vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	text_append(root->notes, sizeof(root->notes), "%s\n", line);
}

static bool is_ours(const char *path)
{
	return mounts_path_below(path, "/proc") || mounts_path_below(path, "/sys") || mounts_path_below(path, "/dev") ||
	       mounts_path_below(path, ROOT_START_DIRECTORY);
}

/* The merged root of a layer wears its upper directory's attributes: give it those of the lower one. */
static int make_upper(const char *upper, int lower_fd)
{
	struct stat status;

	if (mkdir(upper, 0755) < 0)
		return -errno;
	if (fstat(lower_fd, &status) < 0)
		return -errno;
	(void)!chown(upper, status.st_uid, status.st_gid);
	return chmod(upper, status.st_mode & 07777) < 0 ? -errno : 0;
}

/* Makes the directories on the way to PATH in the upper layer of POINT, with the modes that they have below. */
static void make_way(const char *upper, int lower_fd, const char *point, const char *path)
{
	const char *rest = path + (strcmp(point, "/") == 0 ? 0 : strlen(point));
	char made[PATH_MAX];

	if (!mounts_path_below(path, point))
		return;
	while (*rest == '/' && rest[1] != '\0') {
		struct stat status;
		size_t length;

		rest += 1 + strcspn(rest + 1, "/");
		length = (size_t)(rest - path) - (strcmp(point, "/") == 0 ? 0 : strlen(point));
		if (snprintf(made, sizeof(made), "%s%.*s", upper, (int)length, rest - length) >= PATH_MAX)
			return;
		if (fstatat(lower_fd, made + strlen(upper) + 1, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
		    !S_ISDIR(status.st_mode))
			return;
		if (mkdir(made, status.st_mode & 07777) < 0 && errno != EEXIST)
			return;
	}
}

/* Mounts an overlay of the directory LOWER_FD on TARGET and notes its upper layer as that of the inside path POINT. */
static int add_overlay(struct builder *builder, int lower_fd, const char *target, const char *point, const char *below)
{
	struct root *root = builder->root;
	char layer[64], upper[80], work[80], options[400];
	struct root_layer *entry = &root->layers[root->n_layers];
	int status;

	if (root->n_layers == ROOT_LAYERS_MAX)
		return -E2BIG;
	(void)snprintf(layer, sizeof(layer), BASE "/layer%zu", root->n_layers);
	(void)snprintf(upper, sizeof(upper), "%s/upper", layer);
	(void)snprintf(work, sizeof(work), "%s/work", layer);
	if (mkdir(layer, 0755) < 0 || mkdir(work, 0755) < 0)
		return -errno;
	status = make_upper(upper, lower_fd);
	if (status < 0)
		return status;
	for (const char *const *way = builder->plan->ways; builder->plan->ordinary_user && way && *way; way++)
		make_way(upper, lower_fd, point, *way);
	(void)snprintf(options, sizeof(options), "lowerdir=/proc/self/fd/%d%s%s,upperdir=%s,workdir=%s%s", lower_fd,
	               *below ? ":" : "", below, upper, work, builder->plan->ordinary_user ? ",userxattr" : "");
	if (mount("overlay", target, "overlay", MS_NODEV, options) < 0)
		return -errno;
	entry->upper_fd = open(upper, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (entry->upper_fd < 0)
		return -errno;
	entry->point = strdup(point);
	if (!entry->point)
		return -ENOMEM;
	root->n_layers++;
	return 0;
}

/* What cannot be overlaid is at least shown, read-only. */
static void bind_instead(struct builder *builder, int source_fd, const char *target, const char *point, int why)
{
	struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NODEV};
	CLEANUP_CLOSE int tree = (int)syscall(SYS_open_tree, source_fd, "",
	                                      OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE);

	if (tree >= 0 &&
	    syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof(attributes)) == 0 &&
	    syscall(SYS_move_mount, tree, "", AT_FDCWD, target, MOVE_MOUNT_F_EMPTY_PATH) == 0) {
		/* A single file is no place to write to. */
		if (why != -ENOTDIR)
			root_note(builder->root, "%s is read-only inside: no overlay over it (%s)", point,
			          strerror(-why));
	} else
		root_note(builder->root, "%s is missing inside: it can be neither overlaid nor bound (%s)", point,
		          strerror(errno));
}

/* One lower directory that has been opened before the tmpfs went over BASE. */
struct lower {
	int fd;
	const char *point;
	bool directory;
};

static size_t open_lowers(struct builder *builder, struct lower *ret_lowers, size_t room)
{
	size_t count = 0;

	if (strcmp(builder->plan->tree, "/") != 0)
		return 0;
	for (size_t i = 0; i < builder->mounts.count && count < room; i++) {
		const struct mounts_entry *entry = &builder->mounts.entries[i];
		struct stat status;
		int fd;

		if (strcmp(entry->point, "/") == 0 || mounts_replaced(entry) || mounts_hidden(&builder->mounts, i))
			continue;
		fd = open(entry->point, O_PATH | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &status) < 0) {
			cleanup_close(&fd);
			continue;
		}
		ret_lowers[count++] =
		    (struct lower){.fd = fd, .point = entry->point, .directory = S_ISDIR(status.st_mode)};
	}
	return count;
}

/* Directories that every root has; below the tree as a layer of their own, so that the upper one stays clean. */
static int make_skeleton(void)
{
	static const char *const names[] = {"proc", "sys", "dev", "tmp", "run", &ROOT_START_DIRECTORY[1]};

	if (mkdir(BASE "/skeleton", 0755) < 0)
		return -errno;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[64];

		(void)snprintf(path, sizeof(path), BASE "/skeleton/%s", names[i]);
		if (mkdir(path, 0755) < 0)
			return -errno;
	}
	return chmod(BASE "/skeleton/tmp", 01777) < 0 ? -errno : 0;
}

static void overlay_submount(struct builder *builder, const struct lower *lower)
{
	char target[PATH_MAX];
	int status = -ENOTDIR;

	(void)snprintf(target, sizeof(target), MERGED "%s", lower->point);
	if (lower->directory)
		status = add_overlay(builder, lower->fd, target, lower->point, "");
	if (status < 0)
		bind_instead(builder, lower->fd, target, lower->point, status);
}

/* As root: one overlay over the root and one over each further file system. */
static int build_as_root(struct builder *builder, int tree_fd)
{
	struct lower lowers[ROOT_LAYERS_MAX];
	size_t n_lowers = open_lowers(builder, lowers, ROOT_LAYERS_MAX - 1);
	int status;

	if (mount("tmpfs", BASE, "tmpfs", 0, "mode=0755,size=25%") < 0)
		return error_errno(builder->error, -errno, "cannot mount a tmpfs");
	status = make_skeleton();
	if (status == 0 && mkdir(MERGED, 0755) < 0)
		status = -errno;
	if (status == 0)
		status = add_overlay(builder, tree_fd, MERGED, "/", BASE "/skeleton");
	if (status < 0)
		return error_errno(builder->error, status, "cannot mount an overlay over %s", builder->plan->tree);
	for (size_t i = 0; i < n_lowers; i++) {
		overlay_submount(builder, &lowers[i]);
		(void)close(lowers[i].fd);
	}
	return 0;
}

static int copy_link(int directory, const char *name, const char *target)
{
	char text[PATH_MAX];
	ssize_t length = readlinkat(directory, name, text, sizeof(text) - 1);

	if (length < 0)
		return -errno;
	text[length] = '\0';
	return symlink(text, target) < 0 ? -errno : 0;
}

static void assemble(struct builder *builder, int directory_fd, const char *point, int depth);

static void assemble_directory(struct builder *builder, int fd, const char *point, const char *target, int depth)
{
	int status;

	if (mkdir(target, 0755) < 0) {
		root_note(builder->root, "%s is missing inside (%s)", point, strerror(errno));
		return;
	}
	if (mounts_any_below(&builder->mounts, point) && strcmp(builder->plan->tree, "/") == 0) {
		assemble(builder, fd, point, depth + 1);
		return;
	}
	status = add_overlay(builder, fd, target, point, "");
	if (status < 0)
		bind_instead(builder, fd, target, point, status);
}

static void assemble_file(struct builder *builder, int fd, const char *point, const char *target)
{
	int made = open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	cleanup_close(&made);
	bind_instead(builder, fd, target, point, -ENOTDIR);
}

static void assemble_entry(struct builder *builder, int directory_fd, const char *parent, const char *name, int depth)
{
	CLEANUP_CLOSE int fd = -1;
	char point[PATH_MAX], target[PATH_MAX];
	struct stat status;

	if (snprintf(point, sizeof(point), "%s/%s", strcmp(parent, "/") == 0 ? "" : parent, name) >= PATH_MAX ||
	    snprintf(target, sizeof(target), MERGED "%s", point) >= PATH_MAX)
		return;
	if (is_ours(point))
		return;
	fd = strcmp(point, BASE) == 0 ? fcntl(builder->hidden_fd, F_DUPFD_CLOEXEC, 3)
	                              : openat(directory_fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &status) < 0)
		return;
	if (S_ISLNK(status.st_mode))
		(void)copy_link(directory_fd, name, target);
	else if (S_ISDIR(status.st_mode))
		assemble_directory(builder, fd, point, target, depth);
	else if (S_ISREG(status.st_mode))
		assemble_file(builder, fd, point, target);
}

/* An ordinary user cannot overlay a directory that holds mounts (they are locked): such a one is made anew and its
 * entries are taken one by one. */
static void assemble(struct builder *builder, int directory_fd, const char *point, int depth)
{
	enum { DEPTH_MAX = 16 };
	int fd = openat(directory_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_CLOSEDIR DIR *directory = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;

	if (!directory || depth > DEPTH_MAX) {
		root_note(builder->root, "%s is empty inside: it cannot be listed", point);
		return;
	}
	while ((entry = readdir(directory))) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			assemble_entry(builder, directory_fd, point, entry->d_name, depth);
	}
}

static int build_as_user(struct builder *builder, int tree_fd)
{
	static const char *const ours[] = {MERGED "/proc", MERGED "/sys", MERGED "/dev", MERGED ROOT_START_DIRECTORY};

	builder->hidden_fd = openat(tree_fd, &BASE[1], O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (mount("tmpfs", BASE, "tmpfs", 0, "mode=0755,size=25%") < 0)
		return error_errno(builder->error, -errno, "cannot mount a tmpfs");
	if (mkdir(MERGED, 0755) < 0 || mount("tmpfs", MERGED, "tmpfs", 0, "mode=0755,size=25%") < 0)
		return error_errno(builder->error, -errno, "cannot mount a tmpfs for the root");
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (mkdir(ours[i], 0755) < 0)
			return error_errno(builder->error, -errno, "cannot make %s", ours[i] + strlen(MERGED));
	}
	assemble(builder, tree_fd, "/", 0);
	return 0;
}

/* Shows the caller's directory under a path and a mount of its own; where the tree does not hold it, an empty one. */
static int mount_start(struct builder *builder)
{
	char source[PATH_MAX];

	(void)snprintf(source, sizeof(source), MERGED "%s", builder->plan->start_source);
	if (mount(source, MERGED ROOT_START_DIRECTORY, NULL, MS_BIND, NULL) == 0) {
		builder->root->start_shows_source = true;
		return 0;
	}
	root_note(builder->root, "the start directory is empty: %s cannot be shown in it (%s)",
	          builder->plan->start_source, strerror(errno));
	if (mount("tmpfs", MERGED ROOT_START_DIRECTORY, "tmpfs", MS_NODEV, "mode=0755,size=25%") < 0)
		return error_errno(builder->error, -errno, "cannot mount the start directory");
	return 0;
}

/* The sandbox's own /dev/shm is a place to write to like any layer, with nothing below it. */
static int add_shm(struct builder *builder)
{
	struct root *root = builder->root;
	struct root_layer *entry = &root->layers[root->n_layers];

	if (root->n_layers == ROOT_LAYERS_MAX)
		return 0;
	entry->upper_fd = open(MERGED ROOT_SHM, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	entry->point = strdup(ROOT_SHM);
	if (entry->upper_fd < 0 || !entry->point)
		return error_errno(builder->error, entry->point ? -errno : -ENOMEM, "cannot open " ROOT_SHM);
	root->n_layers++;
	return 0;
}

static int mount_kernel(struct builder *builder)
{
	struct root *root = builder->root;
	struct error error = {0};
	int status = kernel_mount_proc(MERGED "/proc", &root->proc_fd, builder->error);

	if (status < 0)
		return status;
	if (kernel_mount_sys(MERGED "/sys", &error) < 0)
		root_note(root, "/sys is empty inside: %s", error.text);
	status = device_mount(MERGED "/dev", builder->plan->ordinary_user, builder->error);
	return status < 0 ? status : add_shm(builder);
}

static int pivot(struct builder *builder)
{
	if (chdir(MERGED) < 0 || syscall(SYS_pivot_root, ".", ".") < 0)
		return error_errno(builder->error, -errno, "cannot pivot into the new root");
	if (umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return error_errno(builder->error, -errno, "cannot leave the old root");
	builder->root->directory_fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (builder->root->directory_fd < 0)
		return error_errno(builder->error, -errno, "cannot open the new root");
	return 0;
}

static int build(struct builder *builder)
{
	CLEANUP_CLOSE int tree_fd = open(builder->plan->tree, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int status;

	if (tree_fd < 0)
		return error_errno(builder->error, -errno, "cannot open %s", builder->plan->tree);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return error_errno(builder->error, -errno, "cannot make the mounts private");
	status = builder->plan->ordinary_user ? build_as_user(builder, tree_fd) : build_as_root(builder, tree_fd);
	if (status == 0)
		status = mount_start(builder);
	if (status == 0)
		status = mount_kernel(builder);
	if (status == 0)
		status = pivot(builder);
	return status;
}

int root_enter(const struct root_plan *plan, struct root *ret_root, struct error *error)
{
	struct builder builder = {.plan = plan, .hidden_fd = -1, .root = ret_root, .error = error};
	int status;

	ret_root->proc_fd = ret_root->directory_fd = -1;
	/* The modes of what is made here must not depend on the caller's umask. */
	(void)umask(0);
	status = mounts_read(&builder.mounts);
	if (status < 0)
		return error_errno(error, status, "cannot read the mounts");
	if (builder.mounts.cut)
		root_note(ret_root, "only the first %d mounts of the host are taken over", MOUNTS_MAX);
	status = build(&builder);
	cleanup_close(&builder.hidden_fd);
	mounts_free(&builder.mounts);
	return status;
}
