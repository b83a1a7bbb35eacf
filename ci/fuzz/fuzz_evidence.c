/* Evidence from a file: whatever is accepted is judged by every probe, under profiles that ask for everything, and is
 * written and read back the same. */
#include "fuzz.h"

#include "evidence/evidence.h"
#include "evidence/evidence_json.h"
#include "probes/probe.h"

static char directory[] = "/srv", name[] = "fuzz", *directories[] = {directory, NULL};
static uint32_t umasks[] = {0, 022};

static struct profile profile_of(unsigned int variant, enum profile_need *needs)
{
	for (size_t i = 0; i < N_PROBES; i++)
		needs[i] = variant & 2 ? NEED_NOTE : NEED_REQUIRE;
	return (struct profile){
	    .name = name,
	    .title = name,
	    .summary = name,
	    .style = variant & 1 ? PROFILE_STAYS : PROFILE_FORKS,
	    .needs = needs,
	    .n_needs = N_PROBES,
	    .umasks = umasks,
	    .n_umasks = variant & 4 ? 2 : 0,
	    .any_directory = variant & 8,
	    .directories = directories,
	    .stdio = variant & 16 ? STDIO_NULL : STDIO_LOG | STDIO_SOCKET | STDIO_PIPE | STDIO_TERMINAL,
	    .leader_ok = variant & 32,
	};
}

static void must_end(const char *text, size_t size)
{
	MUST(memchr(text, '\0', size));
}

static void judge(const struct evidence *evidence, unsigned int variant)
{
	enum profile_need *needs = calloc(N_PROBES, sizeof(*needs));
	struct profile profile = profile_of(variant, needs);
	struct findings findings;
	size_t counted = 0;

	MUST(findings_judge(evidence, &profile, &findings) == 0);
	MUST(findings.count == N_PROBES);
	for (size_t i = 0; i < findings.count; i++) {
		const struct finding *finding = &findings.items[i];
		size_t kept = finding->n_culprits < FINDING_CULPRITS_MAX ? finding->n_culprits : FINDING_CULPRITS_MAX;

		MUST((unsigned int)finding->verdict < VERDICTS && finding->probe);
		MUST(finding->verdict != VERDICT_PASS || finding->n_culprits == 0);
		must_end(finding->expected, sizeof(finding->expected));
		must_end(finding->seen, sizeof(finding->seen));
		for (size_t j = 0; j < kept; j++) {
			must_end(finding->culprits[j].name, sizeof(finding->culprits[j].name));
			must_end(finding->culprits[j].field, sizeof(finding->culprits[j].field));
			must_end(finding->culprits[j].value, sizeof(finding->culprits[j].value));
		}
	}
	for (size_t i = 0; i < VERDICTS; i++)
		counted += findings.by_verdict[i];
	MUST(counted == findings.count);
	(void)findings_pending(&findings);
	findings_free(&findings);
	free(needs);
}

static void read_back(const struct evidence *evidence)
{
	json_t *first = evidence_to_json(evidence), *second;
	struct evidence *again;
	struct error error;

	MUST(first);
	MUST(evidence_from_json(first, &again, &error) == 0);
	second = evidence_to_json(again);
	MUST(second && json_equal(first, second));
	json_decref(second);
	json_decref(first);
	evidence_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evidence *evidence;
	struct error error;
	json_t *json;

	if (size < 1)
		return 0;
	json = json_loadb((const char *)data + 1, size - 1, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	if (!json)
		return 0;
	PREPARE(evidence);
	if (evidence_from_json(json, &evidence, &error) == 0) {
		judge(evidence, data[0]);
		read_back(evidence);
		evidence_free(evidence);
	} else {
		MUST_BE_UNTOUCHED(evidence);
		must_end(error.text, sizeof(error.text));
		MUST(error.status < 0 && error.text[0]);
	}
	json_decref(json);
	return 0;
}
