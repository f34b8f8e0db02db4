/* options.h - the command line, read once before anything runs */
#ifndef RNN_OPTIONS_H
#define RNN_OPTIONS_H

#include <lua.h>
#include <stdbool.h>

typedef struct rnn_options {
  int script;          /* index in argv of the script or the subcommand; 0: none */
  bool after_dashes;  /* the script follows "--": it is a file, whatever its name */
  bool interactive;    /* -i */
  bool show_lua;       /* -v */
  bool executes;       /* -e was given: no session without -i */
  bool no_environment; /* -E */
  bool help, version;  /* --help, --version: print and leave */
  int threads;         /* --threads N; 0: not given */
} rnn_options;

/* Reads argv up to the script. False where lua would show its usage; *wrong is then the index of the
** argument that is to blame. */
bool rnn_read_options(char **argv, rnn_options *options, int *wrong);

/* Does what -e, -l, -W and --plugin ask, in their order. False if one failed; it has been reported. */
bool rnn_apply_options(lua_State *L, char **argv, const rnn_options *options);

/* lua's own complaint, on stderr */
void rnn_print_usage(const char *wrong);

/* what --help shows */
const char *rnn_help_text(void);

#endif
