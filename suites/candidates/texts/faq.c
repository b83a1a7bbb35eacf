/* The Unix FAQ's seven steps (1.7): fork, setsid, fork, /, umask 0, close 0 to 2, open them again. It leaves it to the
 * reader to close further descriptors; this one does not. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void fork_and_leave(void)
{
	switch (fork()) {
	case -1:
		exit(EXIT_FAILURE);
	case 0:
		break;
	default:
		_exit(EXIT_SUCCESS);
	}
}

int main(void)
{
	fork_and_leave();
	if (setsid() < 0)
		return EXIT_FAILURE;
	fork_and_leave();
	if (chdir("/") < 0)
		return EXIT_FAILURE;
	umask(0);
	for (int number = STDIN_FILENO; number <= STDERR_FILENO; number++)
		close(number);
	if (open("/dev/null", O_RDONLY) != STDIN_FILENO || open("/dev/null", O_WRONLY) != STDOUT_FILENO ||
	    open("/dev/null", O_WRONLY) != STDERR_FILENO)
		return EXIT_FAILURE;
	for (;;)
		pause();
}
