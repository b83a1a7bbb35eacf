#include "profiles_file.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "engine/profiles.h"

int profiles_try(const char *content, size_t size, struct profile **ret_profile, struct error *error)
{
	char folder[] = "/tmp/daemonck-unit-XXXXXX", home[4096];
	int r;

	ck_assert_ptr_nonnull(getcwd(home, sizeof(home)));
	ck_assert_ptr_nonnull(mkdtemp(folder));
	ck_assert_int_eq(chdir(folder), 0);
	r = io_replace_file("profile.yaml", content, size, error);
	ck_assert_int_eq(r, 0);
	r = profiles_load("profile.yaml", ret_profile, error);
	ck_assert_int_eq(unlink("profile.yaml"), 0);
	ck_assert_int_eq(chdir(home), 0);
	ck_assert_int_eq(rmdir(folder), 0);
	return r;
}
