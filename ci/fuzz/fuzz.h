/* What the fuzzers share. Each takes one input of libFuzzer, which lies in a buffer of just its size. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What must hold for every input: libFuzzer reports an abort with the input that led to it. */
#define MUST(condition)                                                                                                \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			abort();                                                                                       \
	} while (0)

/* An out-parameter before the call, and the proof that a failed call left it alone. */
enum { UNTOUCHED = 0x5a };
#define PREPARE(object) memset(&(object), UNTOUCHED, sizeof(object))
#define MUST_BE_UNTOUCHED(object)                                                                                      \
	do {                                                                                                           \
		const unsigned char *bytes_ = (const unsigned char *)&(object);                                        \
		for (size_t i_ = 0; i_ < sizeof(object); i_++)                                                         \
			MUST(bytes_[i_] == UNTOUCHED);                                                                 \
	} while (0)

#endif
