/* The sandbox's own network. */
#ifndef SANDBOX_NETWORK_H
#define SANDBOX_NETWORK_H

/* Brings lo up and gives it 192.0.2.1 (RFC 5737) besides 127.0.0.1: with loopback addresses alone, AI_ADDRCONFIG
 * rejects even those. Returns 0 or -errno. */
int network_up(void);

#endif
