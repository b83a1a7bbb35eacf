/* Steps as people read them. Names and arguments stay raw bytes: whoever writes them escapes. */
#include <signal.h>
#include <string.h>

#include "base/text.h"
#include "observe/steps.h"

enum { WHAT_MAX = 400 };

static void put_signal(struct text *text, int signal)
{
	const char *name = sigabbrev_np(signal);

	if (name)
		text_puts(text, name);
	else
		text_printf(text, "%d", signal);
}

static const char *whom(enum script_whom whom)
{
	switch (whom) {
	case SCRIPT_MAIN:
		return "the main process";
	case SCRIPT_EVERY:
		return "process";
	case SCRIPT_GROUP:
		return "a process of the started group,";
	case SCRIPT_WORKER:
		return "the worker";
	case SCRIPT_RAN:
		return "the command";
	}
	return "";
}

static void put_words(struct text *text, const char *const *words)
{
	for (size_t i = 0; words && words[i] && text->length < WHAT_MAX; i++) {
		text_puts(text, i ? " " : "");
		text_add(text, words[i], strnlen(words[i], WHAT_MAX));
	}
}

static void put_key(struct text *text, int signal)
{
	if (signal == SIGQUIT)
		text_puts(text, "^\\ at the terminal");
	else
		text_puts(text, signal == SIGTSTP ? "^Z at the terminal" : "^C at the terminal");
}

static void put_run(struct text *text, const struct steps *steps, const struct script_step *step)
{
	if (!step->arguments)
		text_puts(text, "a second start: ");
	put_words(text, step->arguments ? step->arguments : (const char *const *)steps->watch->evidence->start.argv);
	if (step->empty_environment)
		text_puts(text, step->no_terminal ? " (no environment, no terminal)" : " (no environment)");
	else if (step->no_terminal)
		text_puts(text, " (no terminal)");
}

static void put_step(struct text *text, const struct steps *steps, const struct script_step *step,
                     const struct ev_process *process)
{
	const char *passed = steps->watch->evidence->start.socket_address;
	const char *first = step->arguments && step->arguments[0] ? step->arguments[0] : "";
	const char *second = *first && step->arguments[1] ? step->arguments[1] : "";

	switch (step->kind) {
	case EV_STEP_SIGNAL:
		text_puts(text, "signal ");
		put_signal(text, step->signal);
		text_printf(text, " to %s", whom(step->whom));
		if (process)
			text_printf(text, " %d", process->pid);
		return;
	case EV_STEP_KEY:
		put_key(text, step->signal);
		return;
	case EV_STEP_FOREGROUND:
		text_puts(text, "the shell takes its terminal back");
		return;
	case EV_STEP_HANGUP:
		text_puts(text, "the terminal is hung up, and its session leader ends");
		return;
	case EV_STEP_RUN:
		put_run(text, steps, step);
		return;
	case EV_STEP_CONNECT:
		text_puts(text, "a client connects to ");
		text_printf(text, "%.300s", *first || !passed ? first : passed);
		return;
	case EV_STEP_SEND:
		text_puts(text, "the client sends the first part of its request");
		return;
	case EV_STEP_FINISH:
		text_puts(text, "the client sends the rest of its request and reads the reply");
		return;
	case EV_STEP_BREAK:
		text_puts(text, "the client breaks off");
		return;
	case EV_STEP_RENAME:
		text_printf(text, "%.200s is renamed to %.200s", first, second);
		return;
	case EV_STEP_WRITE:
		text_printf(text, "%.300s is replaced", first);
		return;
	case EV_STEP_UNMOUNT:
		text_puts(text, "the file system of the start directory is unmounted");
		return;
	case EV_STEP_ORPHAN:
		text_puts(text, "an orphan ends under PID 1");
		return;
	case EV_STEP_WAIT:
		text_puts(text, "nothing is done");
		return;
	}
}

char *told_step(const struct steps *steps, const struct script_step *step, const struct ev_process *process)
{
	struct text text = {0};

	put_step(&text, steps, step, process);
	if (text.length > WHAT_MAX) {
		text.length = WHAT_MAX;
		text.data[WHAT_MAX] = '\0';
		text_puts(&text, " …");
	}
	return text_take(&text);
}
