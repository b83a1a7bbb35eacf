/* The walk-through of daemonising in C: one fork, setsid, /, /dev/null, umask 027, and the shortcut for who is already
 * a child of init. It tells its reader to close the inherited descriptors and then does not. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void detach(void)
{
	int null;

	if (getppid() == 1)
		return; /* taken for a daemon already */
	switch (fork()) {
	case -1:
		exit(EXIT_FAILURE);
	case 0:
		break;
	default:
		exit(EXIT_SUCCESS);
	}
	if (setsid() < 0 || chdir("/") < 0)
		exit(EXIT_FAILURE);
	null = open("/dev/null", O_RDWR);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		dup2(null, STDERR_FILENO);
		if (null > STDERR_FILENO)
			close(null);
	}
	umask(027);
}

int main(void)
{
	detach();
	for (;;)
		sleep(10);
}
