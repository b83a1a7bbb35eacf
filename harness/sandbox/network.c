/* The sandbox's own network: lo and one more address. */
#include "sandbox/network.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/cleanup.h"

static void set_address(struct ifreq *request, const char *address)
{
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&request->ifr_addr;

	memset(in, 0, sizeof(*in));
	in->sin_family = AF_INET;
	(void)inet_pton(AF_INET, address, &in->sin_addr);
}

int network_up(void)
{
	CLEANUP_CLOSE int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq request = {.ifr_name = "lo"};

	if (fd < 0)
		return -errno;
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		return -errno;
	memcpy(request.ifr_name, "lo:1", sizeof("lo:1"));
	set_address(&request, "192.0.2.1");
	if (ioctl(fd, SIOCSIFADDR, &request) < 0)
		return -errno;
	set_address(&request, "255.255.255.255");
	return ioctl(fd, SIOCSIFNETMASK, &request) < 0 ? -errno : 0;
}
