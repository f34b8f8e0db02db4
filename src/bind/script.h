/*
** script.h - components whose functions are written in Lua.
**
** Two sorts share the C functions of script_*.c: types that rl.register makes (register.c), and plain Lua functions
** given where a component is wanted (callable.c). Either's self holds an rnn_script, at the offset that the spec,
** which is the type's `data`, tells.
*/
#ifndef RNN_BIND_SCRIPT_H
#define RNN_BIND_SCRIPT_H

#include <lauxlib.h>
#include <lua.h>

#include "core/component.h"
#include "rnnlua.h"

#define RNN_SCRIPT_NAMES 8 /* an optimizer's slots or a metric's numbers of state, at most */

/* What a script may write. */
typedef enum rnn_script_slot {
  RNN_SCRIPT_CALL,
  RNN_SCRIPT_BACKWARD,
  RNN_SCRIPT_BUILD,
  RNN_SCRIPT_OUTPUT_SHAPE,
  RNN_SCRIPT_COMPUTE_MASK,
  RNN_SCRIPT_UPDATE,
  RNN_SCRIPT_RESULT,
  RNN_SCRIPT_STATE_SIZE, /* of a cell */
  RNN_SCRIPT_SLOTS
} rnn_script_slot;

typedef struct rnn_script_spec {
  int slots[RNN_SCRIPT_SLOTS]; /* references into Lua's registry; LUA_NOREF: not given */
  int class;                   /* reference: what objects of the type are made with (lua/rnnlua/script.lua) */
  size_t offset;               /* of the rnn_script in self */
  const char *who;             /* what messages begin with; NULL: nothing, or the instance says */
  int name_count;              /* slots of an optimizer, state of a metric */
  const char *names[RNN_SCRIPT_NAMES];
  float starts[RNN_SCRIPT_NAMES]; /* of an optimizer's slots */
  bool several;                   /* a layer that may have more than one input: gets lists */
} rnn_script_spec;

typedef struct rnn_script {
  const rnn_script_spec *spec;
  int function;    /* reference: CALL, or the plain function */
  int object;      /* reference: the Lua side of self; LUA_NOREF: nil */
  const char *who;
  char given[80];  /* of a plain function: "kernel_initializer function" */
  void *extra;     /* a layer's, see script_layer.c */
} rnn_script;

static inline rnn_script *rnn_script_of(const void *self) {
  const rnn_script_spec *spec = rnn_component_of(self)->type->data;
  return (rnn_script *)((char *)self + spec->offset);
}

/* The spec of plain functions. */
extern const rnn_script_spec rnn_script_plain;

/* check and release of all types but layers, which do more in release */
rnn_status rnn_script_start(rnn_context *cx, void *self);
void rnn_script_release(void *self);

/* whether the script wrote that function */
static inline bool rnn_script_has(const rnn_script *s, rnn_script_slot slot) {
  return s->spec->slots[slot] != LUA_NOREF;
}

/* ---- calls ------------------------------------------------------------------------------------------- */

/* A struct that begins with this goes through the trampoline to `body`, which finds it at index 1. */
typedef struct rnn_script_call {
  const rnn_script *script;
} rnn_script_call;

static inline void *rnn_script_opened(lua_State *L) { return lua_touserdata(L, 1); }

rnn_status rnn_script_run(rnn_context *cx, lua_CFunction body, rnn_script_call *call);

/* Each pushes one value: a function that the script wrote, CALL (or the plain function), the object. */
void rnn_script_push(lua_State *L, const rnn_script *script, rnn_script_slot slot);
void rnn_script_push_call(lua_State *L, const rnn_script *script);
void rnn_script_push_object(lua_State *L, const rnn_script *script);

/* Pushes a function of lua/rnnlua/script.lua. */
void rnn_script_push_helper(lua_State *L, const char *name);

/* Pushes a new object of the component that this script is of. */
void rnn_script_new_object(lua_State *L, const rnn_component *component);

void rnn_open_script(lua_State *L);
void rnn_open_script_layer(lua_State *L);

/* ---- the functions of vtables --------------------------------------------------------------------------- */

rnn_status rnn_script_activate(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *x,
                               float *y);
rnn_status rnn_script_activate_backward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                        const float *x, const float *y, const float *dy, float *dx);
rnn_status rnn_script_fill(rnn_context *cx, const void *self, const rnn_shape *shape, uint64_t key, float *out);
rnn_status rnn_script_penalize(rnn_context *cx, const void *self, const rnn_shape *shape, const float *w,
                               float scale, double *penalty, float *gradient);
rnn_status rnn_script_constrain(rnn_context *cx, const void *self, const rnn_shape *shape, float *w);
rnn_status rnn_script_loss(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *y_true,
                           const float *y_pred, const float *weights, float *values, float *d_pred);
int64_t rnn_script_state_size(const void *self, int64_t columns);
rnn_status rnn_script_update_metric(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                                    const float *y_true, const float *y_pred, const float *weights,
                                    double *state);
double rnn_script_result(const void *self, int64_t columns, const double *state);
int rnn_script_slot_count(const void *self);
float rnn_script_slot_start(const void *self, int slot);
rnn_status rnn_script_update(rnn_context *cx, const void *self, const rnn_update *update);
rnn_status rnn_script_rate(rnn_context *cx, const void *self, int64_t step, double *rate);
void rnn_script_fill_layer(rnn_layer_type *type, const rnn_script_spec *spec); /* the functions of a layer */

#endif
