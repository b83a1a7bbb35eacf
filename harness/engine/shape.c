/* The shape of a settled daemon. */
#include "engine/shape.h"

#include <stdbool.h>
#include <string.h>

static const uint64_t BASIS = 0xcbf29ce484222325u;

/* FNV-1a */
static uint64_t mix(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *at = bytes;

	while (size-- > 0)
		hash = (hash ^ *at++) * 0x100000001b3u;
	return hash;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
	return text ? mix(hash, text, strlen(text) + 1) : mix(hash, "", 1);
}

static uint64_t mix_number(uint64_t hash, uint64_t number)
{
	return mix(hash, &number, sizeof(number));
}

static uint64_t process_shape(const struct evidence *evidence, const struct ev_process *process)
{
	uint64_t hash = mix_text(BASIS, process->name);

	hash = mix_number(hash, process->state == 'Z');
	hash = mix_number(hash, process->pid == process->session);
	hash = mix_number(hash, process->session == evidence->start.leader);
	hash = mix_number(hash, process->terminal != 0);
	hash = mix_number(hash, process->n_threads);
	return mix_number(hash, process->ids_known ? process->uid.effective : 0);
}

/* Ports that the kernel chose and names that hold a pid differ each time. */
static uint64_t listener_shape(const struct ev_listener *listener)
{
	return mix_number(BASIS, listener->family);
}

uint64_t shape_of(const struct evidence *evidence)
{
	uint64_t sum = 0, hash = mix_number(BASIS, evidence->launch.outcome);
	int named = evidence_pidfile_pid(&evidence->pidfile.settled);

	/* Sums, because the order means nothing. */
	for (size_t i = 0; i < evidence->n_processes; i++)
		sum += process_shape(evidence, &evidence->processes[i]);
	hash = mix_number(hash, sum);
	sum = 0;
	for (size_t i = 0; i < evidence->n_listeners; i++)
		sum += listener_shape(&evidence->listeners[i]);
	hash = mix_number(hash, sum);
	return mix_number(hash, named > 0 && evidence_process(evidence, named));
}
