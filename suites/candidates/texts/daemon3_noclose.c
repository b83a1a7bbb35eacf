/* daemon(3) of the C library with nochdir and noclose: all that is left of it is fork and setsid. */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
	if (daemon(1, 1) < 0)
		return EXIT_FAILURE;
	for (;;)
		pause();
}
