/* What systemd makes of the pid file of a Type=forking service: its own rules (src/core/service.c,
 * service_load_pid_file) over the evidence, so that a finding can be told in the words of the journal. */
#ifndef PROBES_SYSTEMD_H
#define PROBES_SYSTEMD_H

#include "probes/common.h"

/* Whose words: those of release 252, and those of the development branch. The releases between them mix the two. */
enum systemd_release { SYSTEMD_252, SYSTEMD_DEVELOPMENT };

enum systemd_level {
	SYSTEMD_SILENT, /* the pid file is taken, or what systemd would do with it cannot be told from the evidence */
	SYSTEMD_DEBUG,  /* it is taken; logged at debug level only */
	SYSTEMD_INFO,
	SYSTEMD_ERROR,
};

/* What is logged about the pid file as LOOK shows it, after the start of LAUNCH. BUFFER holds the message unless it is
 * SYSTEMD_SILENT. */
enum { SYSTEMD_TEXT_MAX = 320 };
enum systemd_level systemd_pidfile(const struct evidence *launch, const struct ev_look *look,
                                   enum systemd_release release, char buffer[SYSTEMD_TEXT_MAX]);

/* The main pid in a pid file as systemd reads it: the first line, as strtoul(3) reads a number in any base. -EINVAL or
 * -ERANGE. */
int systemd_parse_pid(const char *content, uint64_t size, int *ret_pid);

/* Adds to a failure, under the profile of Type=forking, what systemd would log. */
void systemd_tell(const struct evidence *launch, const struct ev_look *look, const struct profile *profile,
                  struct finding *finding);

#endif
