/* call.h - protected calls with a traceback, and how their errors reach the user */
#ifndef RNN_CALL_H
#define RNN_CALL_H

#include <lua.h>

/* What messages on stderr start with: argv[0]. NULL (in an interactive session): nothing. */
void rnn_set_program_name(const char *name);
const char *rnn_program_name(void);

/* Writes "name: message" to stderr. */
void rnn_print_message(const char *message);

/* If status is an error, prints and pops the message on top of the stack. Returns status. */
int rnn_report(lua_State *L, int status);

/* lua_pcall of the function and its arguments on top of the stack. Meanwhile Ctrl-C raises "interrupted!",
** and the message of an error ends with a traceback. */
int rnn_protected_call(lua_State *L, int arguments, int results);

/* The same, but the traceback leaves out everything below the function called. */
int rnn_call_as_base(lua_State *L, int arguments, int results);

/* Loads and calls; prints the error if there was one. Returns the status. */
int rnn_run_file(lua_State *L, const char *path); /* NULL: standard input */
int rnn_run_text(lua_State *L, const char *text, const char *chunk_name);

/* Pops a function that is called, without arguments, where an error is raised, before its frames are left. */
void rnn_observe_errors(lua_State *L);

#endif
