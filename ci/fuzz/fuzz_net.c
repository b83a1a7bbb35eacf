/* The socket tables, each input as each of them. */
#include "fuzz.h"

#include "proc/net.h"

static int take(const struct proc_listener *listener, void *data)
{
	const char *end = memchr(listener->address, '\0', sizeof(listener->address));

	MUST(end && end != listener->address && !strchr(listener->address, '\n'));
	MUST(listener->net == *(enum proc_net *)data);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	for (enum proc_net net = PROC_NET_TCP; net <= PROC_NET_UNIX; net++)
		(void)proc_parse_net(net, (const char *)data, size, take, &net);
	return 0;
}
