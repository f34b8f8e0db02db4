/*
** tensor.h - tensors as Lua userdata.
**
** A tensor's numbers lie behind its struct in the same userdata, so that Lua's collector counts them and
** no __gc is needed. A view has the struct alone; its user value 1 keeps the base alive.
**
** Functions here raise on a caller's mistake, at the line of the Lua function that called into C. Where
** they take a `function` name it starts the message: "sum: axis 3 is out of range for 2 axes".
*/
#ifndef RNN_BIND_TENSOR_H
#define RNN_BIND_TENSOR_H

#include <lauxlib.h>
#include <lua.h>

#include "core/tensor.h"

/* ---- making ------------------------------------------------------------------------------------------ */

/* Pushes a new contiguous tensor whose elements are not set; 64-byte aligned. */
rnn_tensor *rnn_lua_new_tensor(lua_State *L, rnn_dtype dtype, int ndim, const int64_t *shape);

/* Pushes a view: the struct `described`, whose data lies in the tensor at base_index (itself perhaps a
** view). */
rnn_tensor *rnn_lua_push_view(lua_State *L, int base_index, const rnn_tensor *described);

/* The same with more user values than the one that keeps the base. */
rnn_tensor *rnn_lua_push_view_with(lua_State *L, int base_index, const rnn_tensor *described,
                                   int user_values);

/* rnn_tensor_assign, which raises "interrupted!" at Ctrl-C; the same with one number for all elements */
void rnn_lua_copy(lua_State *L, const rnn_tensor *to, const rnn_tensor *from);
void rnn_lua_fill(lua_State *L, const rnn_tensor *t, double value);

/* Pushes a contiguous copy of t (which need not be a userdata) in that dtype. */
rnn_tensor *rnn_lua_push_copy(lua_State *L, const rnn_tensor *t, rnn_dtype dtype);

/* ---- taking ------------------------------------------------------------------------------------------- */

rnn_tensor *rnn_lua_test_tensor(lua_State *L, int index); /* NULL if it is none */

/* Argument `index` of the running function, which must be a tensor. */
rnn_tensor *rnn_lua_check_tensor(lua_State *L, const char *function, int index);

/* Pushes a tensor made of the value at index: the same one if it is a tensor (of that dtype), else a new
** one from nested tables, a number or a boolean. dtype -1: as it comes, or as rl.tensor infers it. */
rnn_tensor *rnn_lua_to_tensor(lua_State *L, int index, int dtype);

/* The same, where messages name a function and its argument in place of rl.tensor's: "fit", "x". */
rnn_tensor *rnn_lua_read_tensor(lua_State *L, int index, int dtype, const char *function,
                                const char *argument);

/* The same, and it is contiguous float32. */
rnn_tensor *rnn_lua_to_float32(lua_State *L, int index);

/* A Lua axis (from 1; -1 is the last) as one from 0. */
int rnn_lua_to_axis(lua_State *L, const char *function, int index, int ndim);

/* A shape given as a number or a table of numbers >= 0; returns ndim. */
int rnn_lua_check_shape(lua_State *L, const char *function, int index, int64_t shape[RNN_MAX_DIMS]);

/* A dtype given by name; `fallback` where the value is nil. */
rnn_dtype rnn_lua_check_dtype(lua_State *L, const char *function, int index, rnn_dtype fallback);

/* ---- elements ------------------------------------------------------------------------------------------ */

/* Pushes the first element as a Lua number or boolean. */
void rnn_lua_push_element(lua_State *L, const rnn_tensor *t);

/* Describes the number or boolean at index as a tensor without axes whose element is *storage. false: it
** is neither. */
typedef union rnn_number {
  uint8_t boolean;
  int64_t integer;
  double real;
} rnn_number;
bool rnn_lua_number(lua_State *L, int index, rnn_tensor *t, rnn_number *storage);

/* Pushes a table of the extents. */
void rnn_lua_push_shape(lua_State *L, int ndim, const int64_t *shape);

/* ---- assignment and indexing -------------------------------------------------------------------------------- */

/* target[...] = the number, boolean, table or tensor at index, which broadcasts to target's shape; the two may
** share memory. Pushes nothing. */
void rnn_lua_assign(lua_State *L, const char *function, const rnn_tensor *target, int index);

/* The view of t that the table at (absolute) index means: t[{ {1, 3}, -1 }] */
void rnn_lua_index_view(lua_State *L, const rnn_tensor *t, int index, rnn_tensor *view);

/* Pushes t[index], index being a bool or int64 tensor. */
void rnn_lua_push_rows(lua_State *L, const rnn_tensor *t, const rnn_tensor *index);

/* t[index] = the value at value_index */
void rnn_lua_assign_rows(lua_State *L, const rnn_tensor *t, const rnn_tensor *index, int value_index);

/* ---- adding functions ------------------------------------------------------------------------------------ */

/* Adds functions that work as method and as rl.name; `functions` stays where it is. A tape records them. */
void rnn_lua_add_methods(lua_State *L, const luaL_Reg *functions);

/* Adds functions that become rl.name alone; likewise. */
void rnn_lua_add_creators(lua_State *L, const luaL_Reg *functions);

/* Pushes the metatable of tensors. */
void rnn_lua_push_metatable(lua_State *L);

/* Each adds the functions of its file to the table on top of the stack. */
void rnn_open_tensor(lua_State *L); /* the first */
void rnn_open_random(lua_State *L);

/* Everything random starts anew from n, math.random included. Leaves values on the stack. */
void rnn_lua_seed(lua_State *L, lua_Integer n);
void rnn_open_tensor_compare(lua_State *L);
void rnn_open_tensor_copy(lua_State *L);
void rnn_open_tensor_create(lua_State *L);
void rnn_open_tensor_data(lua_State *L);
void rnn_open_tensor_index(lua_State *L);
void rnn_open_tensor_math(lua_State *L);
void rnn_open_tensor_reduce(lua_State *L);
void rnn_open_tensor_rows(lua_State *L);

#endif
