/* arguments.h - from a constructor call in Lua to a filled component */
#ifndef RNN_ARGUMENTS_H
#define RNN_ARGUMENTS_H

#include <lua.h>

#include "rnnlua.h"

/* What every constructor of a kind takes beside the type's own arguments: the self of a second
** component. Layers have all of it, losses, metrics, optimizers and schedules have the name. */
typedef struct rnn_lua_common {
  const char *name; /* NULL: the default name */
  bool trainable;
  rnn_shape input_shape; /* without the batch; ndim -1: not given */
  int64_t input_dim;     /* or RNN_NIL_INTEGER; stands for input_shape = {input_dim} */
  const char *dtype;
} rnn_lua_common;

/* The declarations behind it; NULL where the kind has none. */
const rnn_type *rnn_lua_common_type(rnn_kind kind);

/* Makes a component of this type from the arguments at `first` and above: leading ones by position, the
** others in a table that comes last. Pushes the component's userdata and, above it, what keeps `*common`
** alive (nil, and NULL, where the kind has none). Raises at the caller's line. */
rnn_component *rnn_lua_construct(lua_State *L, const rnn_type *type, int first,
                                 const rnn_lua_common **common);

/* The component that the value at `index` stands for: a name, a component, a type (with its defaults), or a
** table {class_name=, config=} as get_config gives. A loss will do where a metric is wanted. Pushes its
** userdata. Raises an error that begins "compile: argument 'loss'" for who = "compile", argument = "loss". */
rnn_component *rnn_lua_to_component(lua_State *L, int index, rnn_kind kind, const char *who,
                                    const char *argument);

/* Reads a list of extents; false stands for -1. Messages begin as above. */
void rnn_lua_to_shape(lua_State *L, int index, rnn_shape *shape, const char *who,
                      const char *argument);

#endif
