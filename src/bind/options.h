/* options.h - arguments by position or by name */
#ifndef RNN_BIND_OPTIONS_H
#define RNN_BIND_OPTIONS_H

#include <lua.h>

/* Brings a function's arguments from slot `first` on into fixed slots, in the order of `names` (ended by
** NULL). They come by position, or by name in a table that is the last of them, as in t:sum(1, true),
** t:sum{axis = 1, keepdims = true} and t:sum(1, {keepdims = true}). Afterwards the top of the stack is the last
** of these slots; what was not given is nil. An unknown name, one given twice or too many are errors:
** "sum: unknown argument 'keepdim' (did you mean 'keepdims'?)". A table with no names in it is no
** table of options but an argument; in one with names, entries 1, 2, … are arguments by position. */
void rnn_lua_options(lua_State *L, const char *function, int first, const char *const *names);

/* The value of an option; errors say "sum: argument 'keepdims' must be a boolean, got a string". */
int rnn_lua_option_boolean(lua_State *L, const char *function, const char *name, int index, int fallback);
lua_Number rnn_lua_option_number(lua_State *L, const char *function, const char *name, int index,
                                 lua_Number fallback);
lua_Integer rnn_lua_option_integer(lua_State *L, const char *function, const char *name, int index,
                                   lua_Integer fallback);

/* Raises that error. */
int rnn_lua_option_error(lua_State *L, const char *function, const char *name, const char *expected,
                         int index);

/* What a value is called in messages: "nil", "a string", "a table", "a tensor", "3", "2.5", … Pushes it. */
const char *rnn_lua_describe(lua_State *L, int index);

#endif
