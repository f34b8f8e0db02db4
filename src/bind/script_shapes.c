/*
** script_shapes.c - the output shapes of a layer written in Lua.
**
** Where the script has compute_output_shape, that is asked. Otherwise, or where it says nil, the layer is tried: on an object of its own, with
** zeros for inputs and weights, at two different sizes of every axis that may vary. An extent that came out the same
** both times is a constant; one that equals a varying axis both times follows that axis. The batch always counts as
** varying, so a layer is tried once for all batch sizes. What was found is remembered as a template, where an extent
** below RNN_UNKNOWN stands for an axis.
*/
#include <string.h>

#include "bind/options.h"
#include "bind/script_layer.h"
#include "bind/tensor.h"
#include "bind/trampoline.h"
#include "core/random.h"

#define FOLLOWED(EXTENT) ((int)(RNN_UNKNOWN - 1 - (EXTENT))) /* -2: axis 0, -3: axis 1, … */

typedef struct shapes_call {
  rnn_script_building building; /* begins with the rnn_script_call */
  const rnn_component *component;
  rnn_script_shapes *found; /* inputs in, outputs out */
} shapes_call;

/* ---- reading what Lua says ------------------------------------------------------------------------------- */

/* the shape at the top, a list of integers, -1 or false where not known */
static void read_shape(lua_State *L, rnn_shape *shape) {
  if (!lua_istable(L, -1))
    luaL_error(L, "compute_output_shape: expected a shape, got %s", rnn_lua_describe(L, -1));
  lua_Unsigned ndim = lua_rawlen(L, -1);
  if (ndim > RNN_MAX_DIMS) luaL_error(L, "compute_output_shape: at most %d extents", RNN_MAX_DIMS);
  shape->ndim = (int)ndim;
  for (int i = 0; i < shape->ndim; i++) {
    int whole = 0;
    lua_rawgeti(L, -1, i + 1);
    bool unknown = lua_isboolean(L, -1) && !lua_toboolean(L, -1);
    shape->dim[i] = unknown ? RNN_UNKNOWN : lua_tointegerx(L, -1, &whole);
    if (!unknown && !whole)
      luaL_error(L, "compute_output_shape: extent %d must be an integer, got %s", i + 1,
                 rnn_lua_describe(L, -1));
    lua_pop(L, 1);
  }
}

/* the list of shapes on top */
static void read_shapes(lua_State *L, rnn_script_shapes *found) {
  lua_Unsigned count = lua_rawlen(L, -1);
  if (count < 1 || count > RNN_MAX_PORTS)
    luaL_error(L, "expected 1 to %d outputs, got %d", RNN_MAX_PORTS, (int)count);
  found->output_count = (int)count;
  for (int i = 0; i < found->output_count; i++) {
    lua_rawgeti(L, -1, i + 1);
    read_shape(L, &found->outputs[i]);
    lua_pop(L, 1);
  }
}

/* ---- asking, trying ------------------------------------------------------------------------------------------ */

static int ask(lua_State *L) {
  const shapes_call *c = rnn_script_opened(L);
  const rnn_script *s = c->building.call.script;
  rnn_script_push_helper(L, "output_shapes");
  rnn_script_push(L, s, RNN_SCRIPT_OUTPUT_SHAPE);
  rnn_script_push_object(L, s);
  rnn_script_push_shapes(L, s, c->found->input_count, c->found->inputs);
  lua_call(L, 3, 1);
  c->found->output_count = 0; /* nil: to be found by trying */
  if (!lua_isnil(L, -1)) read_shapes(L, c->found);
  return 0;
}

static int try_layer(lua_State *L) {
  shapes_call *c = rnn_script_opened(L);
  const rnn_script *s = c->building.call.script;
  rnn_script_new_record(L, &c->building);
  rnn_script_push_helper(L, "try");
  rnn_script_push_call(L, s);
  rnn_script_push(L, s, RNN_SCRIPT_BUILD);
  rnn_script_new_object(L, c->component);
  lua_pushvalue(L, -1);
  c->building.object = luaL_ref(L, LUA_REGISTRYINDEX);
  rnn_script_push_shapes(L, s, c->found->input_count, c->found->inputs);
  lua_pushboolean(L, s->spec->several);
  lua_call(L, 5, 1);
  read_shapes(L, c->found);
  return 0;
}

/* A try must leave no trace: random numbers that it drew are drawn again. */
static rnn_status run_try(rnn_context *cx, const void *self, rnn_script_shapes *found) {
  const rnn_script *s = rnn_script_of(self);
  shapes_call c = {{{s}, NULL, LUA_NOREF, LUA_NOREF, 0, NULL}, rnn_component_of(self), found};
  uint64_t random[2];
  rnn_random_state(random);
  rnn_script_building *before = rnn_script_building_begin(&c.building);
  rnn_status status = rnn_script_run(cx, try_layer, &c.building.call);
  rnn_script_building_end(before);
  rnn_set_random_state(random);
  rnn_lua_forget(c.building.object);
  rnn_lua_forget(c.building.record);
  return status;
}

/* ---- templates -------------------------------------------------------------------------------------------------- */

static rnn_script_shapes *find_template(rnn_script_layer *l, const rnn_script_shapes *wanted) {
  for (int i = 0; i < RNN_SCRIPT_SHAPES; i++)
    if (l->shapes[i].input_count == wanted->input_count &&
        rnn_same_shapes(l->shapes[i].inputs, wanted->inputs, wanted->input_count))
      return &l->shapes[i];
  return NULL;
}

/* the extent of an axis that varies, in the first of the inputs that has it */
static int64_t extent_of(int input_count, const rnn_shape *inputs, const rnn_shape *patterns, int axis) {
  for (int i = 0; i < input_count; i++)
    if (axis < inputs[i].ndim && patterns[i].dim[axis] == RNN_UNKNOWN) return inputs[i].dim[axis];
  return RNN_UNKNOWN;
}

/* fills outputs from a template; false: an extent is still not known although all of the inputs' are */
static bool apply_template(const rnn_script_shapes *t, const rnn_shape *inputs, int *output_count,
                           rnn_shape *outputs) {
  bool known = true, found = true;
  for (int i = 0; i < t->input_count; i++)
    for (int axis = 0; axis < inputs[i].ndim; axis++) known = known && inputs[i].dim[axis] != RNN_UNKNOWN;
  *output_count = t->output_count;
  for (int o = 0; o < t->output_count; o++) {
    outputs[o] = t->outputs[o];
    for (int axis = 0; axis < outputs[o].ndim; axis++) {
      int64_t *extent = &outputs[o].dim[axis];
      if (*extent < RNN_UNKNOWN) *extent = extent_of(t->input_count, inputs, t->inputs, FOLLOWED(*extent));
      found = found && *extent != RNN_UNKNOWN;
    }
  }
  return found || !known;
}

static rnn_script_shapes wanted_for(int input_count, const rnn_shape *inputs) {
  rnn_script_shapes wanted = {.input_count = input_count};
  memcpy(wanted.inputs, inputs, sizeof *inputs * (size_t)input_count);
  return wanted;
}

static void copy_outputs(const rnn_script_shapes *found, int *output_count, rnn_shape *outputs) {
  *output_count = found->output_count;
  memcpy(outputs, found->outputs, sizeof *outputs * (size_t)found->output_count);
}

static rnn_status shapes_by_trying(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                   int *output_count, rnn_shape *outputs) {
  rnn_script_layer *l = rnn_script_layer_of(rnn_script_of(self));
  rnn_script_shapes wanted = wanted_for(input_count, inputs);
  for (int i = 0; i < input_count; i++)
    if (wanted.inputs[i].ndim > 0) wanted.inputs[i].dim[0] = RNN_UNKNOWN;
  rnn_script_shapes *t = find_template(l, &wanted);
  if (t == NULL) {
    rnn_try(run_try(cx, self, &wanted));
    t = &l->shapes[l->next_shapes++ % RNN_SCRIPT_SHAPES];
    *t = wanted;
  }
  if (apply_template(t, inputs, output_count, outputs)) return RNN_OK;
  wanted = wanted_for(input_count, inputs); /* some odd function of the sizes: try these very ones */
  rnn_try(run_try(cx, self, &wanted));
  copy_outputs(&wanted, output_count, outputs);
  return RNN_OK;
}

rnn_status rnn_script_layer_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                   int *output_count, rnn_shape *outputs) {
  const rnn_script *s = rnn_script_of(self);
  if (!rnn_script_has(s, RNN_SCRIPT_OUTPUT_SHAPE))
    return shapes_by_trying(cx, self, input_count, inputs, output_count, outputs);
  rnn_script_shapes found = wanted_for(input_count, inputs);
  shapes_call c = {.building = {.call = {s}}, .found = &found};
  rnn_try(rnn_script_run(cx, ask, &c.building.call));
  if (found.output_count == 0) return shapes_by_trying(cx, self, input_count, inputs, output_count, outputs);
  copy_outputs(&found, output_count, outputs);
  return RNN_OK;
}
