/* Reading the present environment: of real programs, built and started in every way that decides where `environ` lies,
 * compared with what they say themselves; and of hostile memory. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "proc/environ.h"
#include "proc/environ_find.h"
#include "proc/scan.h"
#include "proc/strings.h"

Suite *proc_environ_suite(void);

static const char *const START[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
                                    "LD_LIBRARY_PATH=/nowhere",
                                    "EMPTY=",
                                    "no sign",
                                    "MARK=with = sign\nand newline",
                                    NULL};

struct child {
	pid_t pid;
	int directory; /* /proc/PID */
	int input;     /* closing it ends the child */
	char **told;   /* its environment by its own account */
	size_t n_told;
};

/* The full path of a program that lies beside the test program. */
static const char *beside(const char *name, char path[PATH_MAX])
{
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);

	ck_assert_int_gt(length, 0);
	self[length] = '\0';
	*strrchr(self, '/') = '\0';
	ck_assert_int_lt(snprintf(path, PATH_MAX, "%s/%s", self, name), PATH_MAX);
	return path;
}

static void exec_child(const char *const *argv, const int input[2], const int output[2])
{
	(void)dup2(input[0], STDIN_FILENO);
	(void)dup2(output[1], STDOUT_FILENO);
	(void)execvpe(argv[0], (char *const *)argv, (char *const *)START);
	_exit(127);
}

static void read_told(struct child *child, int fd)
{
	static char text[PROC_ENVIRON_BYTES_MAX * 2];
	size_t used = 0;
	ssize_t got;

	while ((got = read(fd, text + used, sizeof(text) - used)) > 0)
		used += (size_t)got;
	ck_assert_int_eq(got, 0);
	ck_assert_int_eq(proc_parse_strings(text, used, 65536, &child->told, NULL), 0);
	for (child->n_told = 0; child->told[child->n_told]; child->n_told++)
		;
}

/* Starts a program and waits until it has told what it has: end of file on its output. */
static struct child start(const char *const *argv)
{
	struct child child = {0};
	int input[2], output[2];
	char path[64];

	ck_assert_int_eq(pipe2(input, O_CLOEXEC), 0);
	ck_assert_int_eq(pipe2(output, O_CLOEXEC), 0);
	child.pid = fork();
	ck_assert_int_ge(child.pid, 0);
	if (child.pid == 0)
		exec_child(argv, input, output);
	(void)close(input[0]);
	(void)close(output[1]);
	child.input = input[1];
	read_told(&child, output[0]);
	(void)close(output[0]);
	(void)snprintf(path, sizeof(path), "/proc/%d", child.pid);
	child.directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(child.directory, 0);
	return child;
}

static void stop(struct child *child)
{
	int status;

	(void)close(child->input);
	ck_assert_int_eq(waitpid(child->pid, &status, 0), child->pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the child ended with status %#x", status);
	(void)close(child->directory);
	proc_strings_free(child->told);
}

static struct child start_beside(const char *program, const char *how)
{
	char path[PATH_MAX];

	return start((const char *[]){beside(program, path), how, NULL});
}

/* What we read is what it says. */
static void assert_told(const struct child *child)
{
	char **strings = NULL;
	size_t count = 0;

	ck_assert_int_eq(proc_read_environment(child->directory, &strings), 0);
	for (; strings[count]; count++) {
		ck_assert_msg(count < child->n_told, "more than it has: \"%s\"", strings[count]);
		ck_assert_str_eq(strings[count], child->told[count]);
	}
	ck_assert_uint_eq(count, child->n_told);
	proc_strings_free(strings);
}

static const char *const KINDS[] = {"proc-child-pie", "proc-child-no-pie", "proc-child-static",
                                    "proc-child-static-pie"};
enum { N_KINDS = sizeof(KINDS) / sizeof(KINDS[0]) };
static const struct {
	const char *how;
	size_t count;
} CHANGES[] = {
    {"none", 5}, {"clear", 0}, {"null", 0}, {"empty", 0}, {"set", 605}, {"unset", 4}, {"move", 5}, {"long", 6},
};
enum { N_CHANGES = sizeof(CHANGES) / sizeof(CHANGES[0]) };

START_TEST(test_every_kind_and_change)
{
	const char *how = CHANGES[_i % N_CHANGES].how;
	struct child child = start_beside(KINDS[_i / N_CHANGES], how);

	ck_assert_uint_eq(child.n_told, CHANGES[_i % N_CHANGES].count);
	assert_told(&child);
	stop(&child);
}
END_TEST

static void assert_script(const char *const *argv, size_t count)
{
	struct child child = start(argv);

	ck_assert_uint_eq(child.n_told, count);
	assert_told(&child);
	stop(&child);
}

START_TEST(test_python)
{
	static char script[] = "import os, sys\n"
	                       "os.environ.pop('LD_LIBRARY_PATH'); os.environ['ADDED'] = 'by python'\n"
	                       "import ctypes\n"
	                       "e = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), 'environ')\n"
	                       "i = 0\n"
	                       "while e[i] is not None:\n"
	                       "    os.write(1, e[i] + b'\\0'); i += 1\n"
	                       "os.close(1)\n"
	                       "os.read(0, 1)\n";
	struct child child = start((const char *[]){"/usr/bin/python3", "-c", script, NULL});
	bool added = false;

	for (size_t i = 0; i < child.n_told; i++) {
		ck_assert_int_ne(strncmp(child.told[i], "LD_LIBRARY_PATH=", 16), 0);
		added |= strcmp(child.told[i], "ADDED=by python") == 0;
	}
	ck_assert(added);
	assert_told(&child);
	stop(&child);
}
END_TEST

START_TEST(test_shell)
{
	/* A shell keeps its variables itself and leaves `environ` as it was: what was executed is the truth here. */
	assert_script((const char *[]){"/bin/sh", "-c", "cat /proc/$$/environ; exec >&-; read -r line || :", NULL}, 5);
}
END_TEST

/* The dynamic linker of this very program: "/lib64/ld-linux-x86-64.so.2" and the like. */
static int find_linker(struct dl_phdr_info *info, size_t size, void *data)
{
	(void)size;
	if (!strstr(info->dlpi_name, "/ld"))
		return 0;
	*(const char **)data = info->dlpi_name;
	return 1;
}

START_TEST(test_dynamic_linker_as_program)
{
	const char *linker = NULL;
	char path[PATH_MAX];

	ck_assert_int_eq(dl_iterate_phdr(find_linker, &linker), 1);
	assert_script((const char *[]){linker, beside("proc-child-pie", path), "unset", NULL}, 4);
	assert_script((const char *[]){linker, beside("proc-child-no-pie", path), "set", NULL}, 605);
}
END_TEST

static void assert_refused(const char *program, const char *how, int expected)
{
	struct child child = start_beside(program, how);
	char *none = NULL, **strings = &none;

	ck_assert_int_eq(proc_read_environment(child.directory, &strings), expected);
	ck_assert_ptr_eq(strings, &none);
	stop(&child);
}

START_TEST(test_unknowable)
{
	assert_refused("proc-child-stripped", "clear", -ENOTSUP);
}
END_TEST

START_TEST(test_broken)
{
	assert_refused("proc-child-pie", "broken-table", -EAGAIN);
	assert_refused("proc-child-pie", "kernel-table", -EAGAIN);
	assert_refused("proc-child-pie", "broken-string", -EAGAIN);
	assert_refused("proc-child-pie", "unended", -EAGAIN);
	assert_refused("proc-child-pie", "too-many", -E2BIG);
}
END_TEST

START_TEST(test_zombie_and_gone)
{
	struct child child = start_beside("proc-child-pie", "none");
	siginfo_t info;
	char **strings = NULL;

	(void)close(child.input);
	ck_assert_int_eq(waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT), 0);
	ck_assert_int_eq(proc_read_environment(child.directory, &strings), -ESRCH);
	ck_assert_int_eq(waitpid(child.pid, NULL, 0), child.pid);
	ck_assert_int_eq(proc_read_environment(child.directory, &strings), -ESRCH);
	ck_assert_ptr_null(strings);
	(void)close(child.directory);
	proc_strings_free(child.told);
}
END_TEST

START_TEST(test_own_memory)
{
	CLEANUP_CLOSE int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char text[] = "text in memory", copy[sizeof(text)] = "";
	ssize_t got;

	got = proc_read_memory(self, (uintptr_t)text, copy, sizeof(copy));
	ck_assert_int_eq(got, sizeof(copy));
	ck_assert_str_eq(copy, text);
	got = proc_read_memory(self, 8, copy, sizeof(copy));
	ck_assert_int_eq(got, -EIO);
	got = proc_read_memory(self, UINT64_MAX - 4, copy, sizeof(copy));
	ck_assert_int_eq(got, -EIO);
}
END_TEST

/* Memory from an array, at its own addresses from BASE on. */
enum { BASE = 0x1000 };
struct bytes {
	const char *start;
	size_t size;
};

static ssize_t read_bytes(void *context, uint64_t address, void *buffer, size_t size)
{
	const struct bytes *bytes = context;

	if (address < BASE || address - BASE >= bytes->size)
		return -EIO;
	if (size > bytes->size - (address - BASE))
		size = bytes->size - (address - BASE);
	memcpy(buffer, bytes->start + (address - BASE), size);
	return (ssize_t)size;
}

static struct proc_memory memory_of(struct bytes *bytes, bool narrow)
{
	return (struct proc_memory){read_bytes, bytes, narrow, 1000};
}

START_TEST(test_narrow_list)
{
	struct {
		uint32_t table, pointers[3];
		char strings[8];
	} image = {BASE + 4, {BASE + 16, BASE + 20, 0}, "A=B\0C=D"};
	struct bytes bytes = {(const char *)&image, sizeof(image)};
	struct proc_memory memory = memory_of(&bytes, true);
	char **strings = NULL;

	ck_assert_int_eq(environ_read_list(&memory, BASE, &strings), 0);
	ck_assert_str_eq(strings[0], "A=B");
	ck_assert_str_eq(strings[1], "C=D");
	ck_assert_ptr_null(strings[2]);
	proc_strings_free(strings);
}
END_TEST

START_TEST(test_link_map_in_a_circle)
{
	/* Program headers, a dynamic section and a link map that names itself: ends by the number of reads at most. */
	struct {
		uint64_t header[2][7];
		uint64_t dynamic[8], debug[2], map[4], hash[4];
	} image = {0};
	struct bytes bytes = {(const char *)&image, sizeof(image)};
	struct proc_memory memory = memory_of(&bytes, false);
	struct elf_auxv auxv = {.phdr = BASE, .phnum = 2};
	uint64_t address = 1;
	size_t at = BASE + sizeof(image.header);

	image.header[0][0] = 6; /* PT_PHDR */
	image.header[0][2] = BASE;
	image.header[1][0] = 2; /* PT_DYNAMIC */
	image.header[1][2] = at;
	memcpy(image.dynamic, (uint64_t[]){21, at + 64, 5, BASE, 6, BASE}, 48); /* DT_DEBUG, DT_STRTAB, DT_SYMTAB */
	image.debug[1] = at + 80;
	image.map[2] = at;
	image.map[3] = at + 80;
	ck_assert(!environ_find_linked(&memory, &auxv, &address));
	ck_assert_uint_eq(address, 1);
	ck_assert_uint_lt(memory.reads_left, 10); /* it did go round */
}
END_TEST

START_TEST(test_auxv)
{
	uint64_t wide[] = {3, 0x400040, 4, 56, 5, 11, 9, 0x401000, 0, 0, 3, 7};
	uint32_t narrow[] = {3, 0x8048034, 4, 32, 5, 9, 9, 0x8049000, 0, 0};
	struct elf_auxv auxv = {0};

	ck_assert(elf_parse_auxv((const char *)wide, sizeof(wide), &auxv));
	ck_assert(!auxv.narrow);
	ck_assert_uint_eq(auxv.phdr, 0x400040);
	ck_assert_uint_eq(auxv.phnum, 11);
	ck_assert_uint_eq(auxv.entry, 0x401000);
	ck_assert(elf_parse_auxv((const char *)narrow, sizeof(narrow), &auxv));
	ck_assert(auxv.narrow);
	ck_assert_uint_eq(auxv.phdr, 0x8048034);
	ck_assert(!elf_parse_auxv((const char *)wide, 20, &auxv));
	ck_assert(!elf_parse_auxv("", 0, &auxv));
}
END_TEST

START_TEST(test_mapping)
{
	static const char maps[] = "563918585000-563918587000 r--p 00000000 fe:00 247134     /usr/bin/cat\n"
	                           "563918587000-56391858c000 r-xp 00002000 fe:00 247134     /usr/bin/cat\n"
	                           "7ffc22306000-7ffc22327000 rw-p 00000000 00:00 0          [stack]\n"
	                           "7ffc22306000-7ffc";
	static const bool starts[] = {true, false, false};
	struct scan scan = scan_over(maps, sizeof(maps) - 1);
	uint64_t start;
	bool file_start;

	for (size_t i = 0; i < 3; i++) {
		ck_assert(environ_scan_mapping(&scan, &start, &file_start));
		ck_assert_int_eq(file_start, starts[i]);
	}
	ck_assert_uint_eq(start, 0x7ffc22306000);
	ck_assert(!environ_scan_mapping(&scan, &start, &file_start));
}
END_TEST

Suite *proc_environ_suite(void)
{
	Suite *suite = suite_create("proc/environ");
	TCase *real = tcase_create("programs"), *made = tcase_create("made up");

	tcase_set_timeout(real, 60);
	tcase_add_loop_test(real, test_every_kind_and_change, 0, N_KINDS * N_CHANGES);
	tcase_add_test(real, test_python);
	tcase_add_test(real, test_shell);
	tcase_add_test(real, test_dynamic_linker_as_program);
	tcase_add_test(real, test_unknowable);
	tcase_add_test(real, test_broken);
	tcase_add_test(real, test_zombie_and_gone);
	tcase_add_test(real, test_own_memory);
	suite_add_tcase(suite, real);
	tcase_add_test(made, test_narrow_list);
	tcase_add_test(made, test_link_map_in_a_circle);
	tcase_add_test(made, test_auxv);
	tcase_add_test(made, test_mapping);
	suite_add_tcase(suite, made);
	return suite;
}
