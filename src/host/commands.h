/* commands.h - `rnnlua test` and its like */
#ifndef RNN_COMMANDS_H
#define RNN_COMMANDS_H

#include <lua.h>

typedef struct rnn_command {
  const char *name;
  const char *module; /* whose main(arguments) does it and returns an exit status */
} rnn_command;

/* NULL if the word is no subcommand. */
const rnn_command *rnn_find_command(const char *word);

/* Returns the exit status of the process; errors have been reported. */
int rnn_run_command(lua_State *L, const rnn_command *command);

#endif
