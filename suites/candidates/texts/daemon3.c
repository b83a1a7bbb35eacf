/* daemon(3) of the C library, as a program calls it. */
#include <stdlib.h>
#include <unistd.h>

int main(void)
{
	if (daemon(0, 0) < 0)
		return EXIT_FAILURE;
	for (;;)
		pause();
}
