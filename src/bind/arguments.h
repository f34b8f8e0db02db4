/* arguments.h - from a constructor call in Lua to a filled component */
#ifndef RNN_ARGUMENTS_H
#define RNN_ARGUMENTS_H

#include <lua.h>

#include "rnnlua.h"

/* What every layer's constructor takes beside the type's own arguments: the self of a second component. What those of
** other kinds take is in core/common.h; it begins with the name, too. */
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
                                 const void **common);

void rnn_open_arguments(lua_State *L);

#endif
