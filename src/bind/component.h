/* component.h - components of every kind but layers as Lua objects: relu, L2, MeanSquaredError, Adam */
#ifndef RNN_BIND_COMPONENT_H
#define RNN_BIND_COMPONENT_H

#include <lua.h>

#include "rnnlua.h"

#define RNN_LUA_COMPONENT "rnnlua.component"

/* The userdata. User value 1 is the name that the constructor was given, or nil; 2 is optimizer.c's. */
typedef struct rnn_lua_component {
  rnn_component *component; /* holds a reference */
  double *state;            /* of a metric; NULL: nothing seen yet */
  int64_t columns;          /* of the y_pred that state is for */
} rnn_lua_component;

/* Pushes a userdata around a new, unfinished component. */
rnn_component *rnn_lua_push_new_component(lua_State *L, const rnn_type *type);

/* Pushes a userdata that holds this component. */
void rnn_lua_push_component(lua_State *L, const rnn_component *component);

/* Makes a component from the constructor arguments at `first` and above, and pushes its userdata. */
void rnn_lua_new_component(lua_State *L, const rnn_type *type, int first);

/* The component of a userdata; NULL if the value is none (a layer is none). Raises if it was collected. */
rnn_component *rnn_lua_test_component(lua_State *L, int index);

/* Pushes its name: the one it was given, or Keras' default ("mean_squared_error", "adam"). */
void rnn_lua_push_name(lua_State *L, int index);

void rnn_open_component(lua_State *L);

#endif
