/*
** tape.h - recording what is computed with tensors, for gradients.
**
** While a tape records, a function that is handed a tensor it watches leaves a record: the name of its rule, its
** arguments, its results. The results are watched then. lua/rnnlua/gradients/ walks the records backward. A tensor
** struct says by whom it is watched: by the tape of that number, or, as a variable, by any.
**
** At most one tape records. What runs without one pays one look at a pointer.
*/
#ifndef RNN_BIND_TAPE_H
#define RNN_BIND_TAPE_H

#include <lauxlib.h>

#include "core/tensor.h"

#define RNN_WATCHED_VARIABLE UINT32_MAX /* a weight or rl.Variable: watched by whatever tape records */

typedef struct rnn_tape rnn_tape;
extern rnn_tape *rnn_recording; /* NULL: none */

/* Whether the recording tape watches t; false without one. */
bool rnn_tape_watches(const rnn_tensor *t);

/* Pushes `function` as a closure that records. Its upvalues: the metatable of tensors, what is needed to record,
** then `upvalues` values from the top of the stack, which it pops; so its own are from RNN_TAPE_UPVALUE on. A name
** that begins with _ is a metamethod's, recorded unless its second argument is a string. `entry` stays where it is; the
** function finds it by rnn_tape_entry. */
#define RNN_TAPE_UPVALUE 3
static inline const luaL_Reg *rnn_tape_entry(lua_State *L) { return lua_touserdata(L, lua_upvalueindex(2)); }
void rnn_lua_push_recorded(lua_State *L, const luaL_Reg *entry, int upvalues);

/* Whether the function that runs, one of those, will be recorded: its result must be a tensor then, not a number. */
bool rnn_tape_keeps(void);

/* Pushes t, the 0-d tensor on top, as a Lua number, or leaves it where it is to be recorded. */
void rnn_tape_push_scalar(lua_State *L, const rnn_tensor *t);

/* Records by hand: the rule's name, a table of arguments with their count in n, and a table of results; pops both.
** The float tensors among the results are watched from then on. */
void rnn_tape_record(lua_State *L, const char *rule);

/* Notes that what is recorded depends on t's numbers, where t itself is not among the arguments. */
void rnn_tape_note(lua_State *L, const rnn_tensor *t);

/* Raises if writing to t would change what the recording tape has seen, or if the value at `value` (0: none) is
** watched: gradients do not go through changes in place. Tapes not used yet that have seen t are spoiled. */
void rnn_tape_before_write(lua_State *L, const char *function, const rnn_tensor *t, int value);

/* Raises if a tape records: what `function` does cannot be part of it. */
void rnn_tape_refuse(lua_State *L, const char *function);

/* Takes the recording tape away while a component's own Lua code runs, and puts it back: the component's call is one
** step to it. Pairs. */
rnn_tape *rnn_tape_suspend(void);
void rnn_tape_resume(rnn_tape *tape);

void rnn_open_tape(lua_State *L);

#endif
