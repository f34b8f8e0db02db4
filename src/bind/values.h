/* values.h - what single arguments are made from */
#ifndef RNN_VALUES_H
#define RNN_VALUES_H

#include <lua.h>

#include "rnnlua.h"

/* The component that the value at `index` stands for: a name, a component, a type (with its defaults), a table
** {class_name=, config=} as get_config gives, or a Lua function (callable.h). A loss will do where a metric is wanted. Pushes its
** userdata. Raises an error that begins "compile: argument 'loss'" for who = "compile", argument = "loss". */
rnn_component *rnn_lua_to_component(lua_State *L, int index, rnn_kind kind, const char *who,
                                    const char *argument);

/* One component, or a list of such values without holes, in which case *one is false; what it pushes, one value, keeps
** the list and its components. Messages begin as above. */
void rnn_lua_to_components(lua_State *L, int index, rnn_kind kind, rnn_components *list, const char *who,
                           const char *argument);

/* Whether a value can stand in a list of components: an object, or a table {class_name=, config=}. */
bool rnn_lua_is_item(lua_State *L, int index);

/* Reads a list of extents; false stands for -1. Messages begin as above. */
void rnn_lua_to_shape(lua_State *L, int index, rnn_shape *shape, const char *who,
                      const char *argument);

/* Reads a list of numbers into memory that it pushes; how many. Messages begin as above. */
int64_t rnn_lua_to_numbers(lua_State *L, int index, double **numbers, const char *who,
                           const char *argument);

#endif
