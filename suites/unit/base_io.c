/* base/io.h: bounded reads, and replacement at one stroke that leaves nothing beside. */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

Suite *base_io_suite(void);

static char directory[] = "/tmp/daemonck-unit-XXXXXX";
static char path[PATH_MAX];

static void set_up(void)
{
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/file", directory);
}

static void each_entry(void (*use)(const char *name, void *data), void *data)
{
	CLEANUP_CLOSEDIR DIR *opened = opendir(directory);
	const struct dirent *entry;

	ck_assert_ptr_nonnull(opened);
	while ((entry = readdir(opened)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			use(entry->d_name, data);
}

static void count_one(const char *name, void *data)
{
	(void)name;
	++*(int *)data;
}

static int entries(void)
{
	int count = 0;

	each_entry(count_one, &count);
	return count;
}

static void remove_one(const char *name, void *data)
{
	char entry[PATH_MAX + NAME_MAX];

	(void)data;
	(void)snprintf(entry, sizeof(entry), "%s/%s", directory, name);
	(void)unlink(entry);
}

static void tear_down(void)
{
	each_entry(remove_one, NULL);
	(void)rmdir(directory);
}

static void replace(const char *content)
{
	struct error error = {0};

	ck_assert_msg(io_replace_file(path, content, strlen(content), &error) == 0, "%s", error.text);
}

static void check_content(const char *expected)
{
	CLEANUP_FREE char *buffer = NULL;

	ck_assert_int_eq(io_read_all_at(AT_FDCWD, path, 1 << 20, &buffer), (ssize_t)strlen(expected));
	ck_assert_str_eq(buffer, expected);
}

START_TEST(replaces_and_leaves_nothing_beside)
{
	struct stat before, after;

	replace("one");
	check_content("one");
	ck_assert_int_eq(chmod(path, 0640), 0);
	ck_assert_int_eq(stat(path, &before), 0);
	replace("another, longer");
	check_content("another, longer");
	ck_assert_int_eq(stat(path, &after), 0);
	ck_assert_uint_ne(before.st_ino, after.st_ino);
	ck_assert_uint_eq(after.st_mode & 07777, 0640);
	replace("");
	check_content("");
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(a_reader_of_the_old_file_keeps_it)
{
	CLEANUP_CLOSE int fd = -1;
	char buffer[16];

	replace("old");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	replace("new");
	ck_assert_int_eq(read(fd, buffer, sizeof(buffer)), 3);
	ck_assert_mem_eq(buffer, "old", 3);
	check_content("new");
}
END_TEST

START_TEST(fails_with_a_message_and_without_leftovers)
{
	struct error error = {0};

	ck_assert_int_eq(io_replace_file("/nonexistent\033/file", "x", 1, &error), -ENOENT);
	ck_assert_str_eq(error.text, "cannot write /nonexistent\\x1b/file: No such file or directory");
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(io_replace_file(path, "x", 1, &error), -EISDIR);
	ck_assert_int_eq(entries(), 1);
	ck_assert_int_eq(rmdir(path), 0);
}
END_TEST

START_TEST(a_link_is_written_through)
{
	char target[PATH_MAX + 8];
	struct stat now;

	(void)snprintf(target, sizeof(target), "%s/target", directory);
	ck_assert_int_eq(symlink(target, path), 0);
	replace("through");
	check_content("through");
	ck_assert_int_eq(lstat(path, &now), 0);
	ck_assert(S_ISLNK(now.st_mode));
	ck_assert_int_eq(lstat(target, &now), 0);
	ck_assert(S_ISREG(now.st_mode));
}
END_TEST

START_TEST(a_device_stays_a_device)
{
	struct stat now;

	ck_assert_int_eq(io_replace_file("/dev/null", "x", 1, NULL), 0);
	ck_assert_int_eq(stat("/dev/null", &now), 0);
	ck_assert(S_ISCHR(now.st_mode));
}
END_TEST

START_TEST(read_at_is_bounded)
{
	char buffer[8];
	bool cut = true;

	replace("1234567");
	ck_assert_int_eq(io_read_at(AT_FDCWD, path, buffer, sizeof(buffer), &cut), 7);
	ck_assert_str_eq(buffer, "1234567");
	ck_assert(!cut);
	replace("12345678");
	ck_assert_int_eq(io_read_at(AT_FDCWD, path, buffer, sizeof(buffer), &cut), 7);
	ck_assert_str_eq(buffer, "1234567");
	ck_assert(cut);
	ck_assert_int_eq(io_read_at(AT_FDCWD, path, buffer, sizeof(buffer), NULL), 7);
	ck_assert_int_eq(io_read_at(AT_FDCWD, path, buffer, 0, NULL), -EINVAL);
	ck_assert_int_eq(io_read_at(AT_FDCWD, "/nonexistent", buffer, sizeof(buffer), NULL), -ENOENT);
	ck_assert_int_eq(io_read_at(AT_FDCWD, directory, buffer, sizeof(buffer), NULL), -EISDIR);
}
END_TEST

START_TEST(read_at_does_not_wait_for_a_fifo)
{
	char buffer[8];

	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(io_read_at(AT_FDCWD, path, buffer, sizeof(buffer), NULL), 0);
	ck_assert_str_eq(buffer, "");
}
END_TEST

START_TEST(read_at_takes_the_whole_of_proc)
{
	char buffer[1 << 16], longer[1 << 17];
	bool cut;
	ssize_t length = io_read_at(AT_FDCWD, "/proc/self/maps", buffer, sizeof(buffer), &cut);

	ck_assert_int_gt(length, 0);
	ck_assert(!cut);
	ck_assert_int_eq(io_read_at(AT_FDCWD, "/proc/self/maps", longer, sizeof(longer), &cut), length);
}
END_TEST

START_TEST(read_all_is_bounded)
{
	CLEANUP_FREE char *content = malloc(100001), *buffer = NULL;

	memset(content, 'x', 100000);
	content[100000] = '\0';
	replace(content);
	ck_assert_int_eq(io_read_all_at(AT_FDCWD, path, 99999, &buffer), -EFBIG);
	ck_assert_ptr_null(buffer);
	ck_assert_int_eq(io_read_all_at(AT_FDCWD, path, 100000, &buffer), 100000);
	ck_assert_str_eq(buffer, content);
	free(buffer);
	buffer = NULL;
	ck_assert_int_eq(io_read_all_at(AT_FDCWD, path, SIZE_MAX, &buffer), 100000);
	free(buffer);
	buffer = NULL;
	ck_assert_int_eq(io_read_all_at(AT_FDCWD, path, 0, &buffer), -EFBIG);
	replace("");
	ck_assert_int_eq(io_read_all_at(AT_FDCWD, path, 0, &buffer), 0);
	ck_assert_str_eq(buffer, "");
}
END_TEST

START_TEST(write_all_tells_errors)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	ck_assert_int_eq(io_write_all(ends[1], "abc", 3), 0);
	ck_assert_int_eq(io_write_all(ends[1], "", 0), 0);
	ck_assert_int_eq(io_write_all(ends[0], "abc", 3), -EBADF);
	(void)close(ends[0]);
	(void)close(ends[1]);
	ends[0] = open("/dev/full", O_WRONLY | O_CLOEXEC);
	ck_assert_int_eq(io_write_all(ends[0], "abc", 3), -ENOSPC);
	(void)close(ends[0]);
}
END_TEST

Suite *base_io_suite(void)
{
	Suite *suite = suite_create("base/io");
	TCase *cases = tcase_create("io");

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_test(cases, replaces_and_leaves_nothing_beside);
	tcase_add_test(cases, a_reader_of_the_old_file_keeps_it);
	tcase_add_test(cases, fails_with_a_message_and_without_leftovers);
	tcase_add_test(cases, a_link_is_written_through);
	tcase_add_test(cases, a_device_stays_a_device);
	tcase_add_test(cases, read_at_is_bounded);
	tcase_add_test(cases, read_at_does_not_wait_for_a_fifo);
	tcase_add_test(cases, read_at_takes_the_whole_of_proc);
	tcase_add_test(cases, read_all_is_bounded);
	tcase_add_test(cases, write_all_tells_errors);
	suite_add_tcase(suite, cases);
	return suite;
}
