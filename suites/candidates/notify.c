/* What a service manager is told: sd_notify(3) without the library, and the newline of s6. */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "life.h"

void life_tell_manager(const struct plan *plan, const char *text)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const size_t length = strlen(plan->notify_path);
	int client;

	if (length == 0)
		return;
	memcpy(address.sun_path, plan->notify_path, length);
	if (address.sun_path[0] == '@')
		address.sun_path[0] = '\0';
	client = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (client < 0 || sendto(client, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&address,
	                         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0)
		life_log(plan, "the service manager cannot be told");
	if (client >= 0)
		close(client);
}

void life_tell_reloading(const struct plan *plan)
{
	char text[64];

	snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)life_now_us());
	life_tell_manager(plan, text);
}

void right_notify(struct plan *plan)
{
	life_tell_manager(plan, "READY=1");
}

void right_watchdog(struct plan *plan)
{
	life_tell_manager(plan, "WATCHDOG=1");
}

void right_s6(struct plan *plan)
{
	if (plan->s6 < 0)
		return;
	if (write(plan->s6, "\n", 1) != 1)
		plan_die("readiness descriptor");
	close(plan->s6);
	plan->s6 = -1;
}
