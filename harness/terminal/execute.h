/* execvp(3) with the environment, and so the PATH, of the command itself. */
#ifndef TERMINAL_EXECUTE_H
#define TERMINAL_EXECUTE_H

/* Returns only when it failed: -errno. */
int execute(char *const *argv, char *const *environment);

#endif
