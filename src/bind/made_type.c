/*
** made_type.c - a vtable, its arguments and its strings, made from what a script registers.
**
** The table comes from lua/rnnlua/register.lua: name, aliases, doc, positional, args = {{name, type, kind, default, range,
** doc}, …} with defaults and ranges as rnn_arg has them, the functions, class, and fields of the kind.
*/
#include "bind/made_type.h"

#include <string.h>

#include "bind/trampoline.h"
#include "core/alloc.h"
#include "core/registry.h"

/* ---- strings -------------------------------------------------------------------------------------------- */

struct rnn_made_text {
  rnn_made_text *next;
  char text[];
};

const char *rnn_keep_text(rnn_made_text **chain, const char *text) {
  size_t bytes = strlen(text) + 1;
  rnn_made_text *kept = rnn_malloc(sizeof *kept + bytes);
  if (kept == NULL) return NULL;
  kept->next = *chain;
  *chain = kept;
  return memcpy(kept->text, text, bytes);
}

void rnn_free_texts(rnn_made_text *chain) {
  while (chain) {
    rnn_made_text *next = chain->next;
    rnn_free(chain);
    chain = next;
  }
}

/* the string in a field of the table on top; NULL where it is nil */
static const char *text_field(lua_State *L, rnn_made_type *made, const char *field) {
  const char *kept = NULL;
  if (lua_getfield(L, -1, field) != LUA_TNIL) {
    kept = rnn_keep_text(&made->texts, luaL_checkstring(L, -1));
    if (kept == NULL) luaL_error(L, "not enough memory");
  }
  lua_pop(L, 1);
  return kept;
}

static lua_Integer integer_field(lua_State *L, const char *field, lua_Integer fallback) {
  lua_getfield(L, -1, field);
  lua_Integer value = luaL_optinteger(L, -1, fallback);
  lua_pop(L, 1);
  return value;
}

static bool boolean_field(lua_State *L, const char *field) {
  lua_getfield(L, -1, field);
  bool value = lua_toboolean(L, -1);
  lua_pop(L, 1);
  return value;
}

/* ---- arguments ------------------------------------------------------------------------------------------- */

static const size_t field_sizes[] = {
    [RNN_ARG_INTEGER] = sizeof(int64_t),  [RNN_ARG_NUMBER] = sizeof(double),
    [RNN_ARG_BOOLEAN] = sizeof(int64_t), /* so that what follows is aligned */
    [RNN_ARG_STRING] = sizeof(char *),
    [RNN_ARG_SHAPE] = sizeof(rnn_shape),  [RNN_ARG_COMPONENT] = sizeof(rnn_component *),
    [RNN_ARG_RATE] = sizeof(rnn_rate),    [RNN_ARG_NUMBERS] = sizeof(rnn_numbers)};

static void read_arg(lua_State *L, rnn_made_type *made, rnn_arg *arg, size_t *offset) {
  static const char *const words[] = {"integer",   "number", "boolean", "string", "shape",
                                      "component", "rate",   "numbers", NULL}; /* as rnn_arg_type has them */
  lua_getfield(L, -1, "type");
  int type = luaL_checkoption(L, -1, NULL, words);
  lua_pop(L, 1);
  *arg = (rnn_arg){.name = text_field(L, made, "name"),
                   .type = (rnn_arg_type)type,
                   .offset = *offset,
                   .fallback = text_field(L, made, "default"),
                   .range = text_field(L, made, "range"),
                   .kind = (rnn_kind)integer_field(L, "kind", 0),
                   .doc = text_field(L, made, "doc")};
  if (arg->name == NULL) luaL_error(L, "an argument has no name");
  *offset += field_sizes[type];
}

static const rnn_arg optimizer_args[] = {RNN_OPTIMIZER_ARGS(struct { rnn_optimizer_common common; }, "nil")};
static const int optimizer_arg_count = sizeof optimizer_args / sizeof *optimizer_args;

/* learning_rate in front, as every optimizer has it */
static rnn_arg rate_arg(lua_State *L, rnn_made_type *made) {
  rnn_arg arg = RNN_OPTIMIZER_RATE_ARG(struct { rnn_optimizer_common common; }, "0.001");
  const char *given = text_field(L, made, "learning_rate");
  if (given) arg.fallback = given;
  return arg;
}

/* Those of the spec on top, which lie in self from `first` on; an optimizer's common ones around them. */
static void read_args(lua_State *L, rnn_made_type *made, size_t first) {
  rnn_type *type = &made->vtable.type;
  bool optimizer = type->kind == RNN_OPTIMIZER;
  lua_getfield(L, -1, "args");
  int own = (int)lua_rawlen(L, -1), common = optimizer ? 1 + optimizer_arg_count : 0;
  made->args = rnn_malloc(sizeof *made->args * (size_t)(own + common + 1));
  if (made->args == NULL) luaL_error(L, "not enough memory");
  int n = 0;
  if (optimizer) {
    lua_insert(L, -2);
    made->args[n++] = rate_arg(L, made);
    lua_insert(L, -2);
  }
  for (int i = 1; i <= own; i++) {
    lua_rawgeti(L, -1, i);
    read_arg(L, made, &made->args[n++], &first);
    lua_pop(L, 1);
  }
  lua_pop(L, 1);
  for (int i = 0; i < common - 1; i++) made->args[n++] = optimizer_args[i];
  type->args = made->args;
  type->arg_count = n;
  type->positional = (int)integer_field(L, "positional", 0) + (optimizer ? 1 : 0);
  type->self_size = first;
}

/* ---- the script's part --------------------------------------------------------------------------------------- */

static int reference_field(lua_State *L, const char *field) {
  if (lua_getfield(L, -1, field) != LUA_TNIL) return luaL_ref(L, LUA_REGISTRYINDEX);
  lua_pop(L, 1);
  return LUA_NOREF;
}

static void read_functions(lua_State *L, rnn_script_spec *spec) {
  static const char *const fields[] = {"call",         "backward", "build", "compute_output_shape",
                                       "compute_mask", "update",   "result", "state_size"};
  for (int i = 0; i < RNN_SCRIPT_SLOTS; i++) spec->slots[i] = reference_field(L, fields[i]);
  spec->class = reference_field(L, "class");
}

/* names = {"m", "v"}, starts = {0, 0} */
static void read_names(lua_State *L, rnn_made_type *made) {
  rnn_script_spec *spec = &made->spec;
  lua_getfield(L, -1, "names");
  lua_getfield(L, -2, "starts");
  lua_Unsigned count = lua_istable(L, -2) ? lua_rawlen(L, -2) : 0;
  if (count > RNN_SCRIPT_NAMES) luaL_error(L, "too many names");
  for (int i = 0; i < (int)count; i++) {
    lua_rawgeti(L, -2, i + 1);
    spec->names[i] = rnn_keep_text(&made->texts, luaL_checkstring(L, -1));
    if (spec->names[i] == NULL) luaL_error(L, "not enough memory");
    spec->name_count = i + 1;
    lua_pop(L, 1);
    if (!lua_istable(L, -1)) continue;
    lua_rawgeti(L, -1, i + 1);
    spec->starts[i] = (float)luaL_optnumber(L, -1, 0);
    lua_pop(L, 1);
  }
  lua_pop(L, 2);
}

/* ---- vtables -------------------------------------------------------------------------------------------------- */

static rnn_target target_field(lua_State *L) {
  return boolean_field(L, "index_targets") ? RNN_TARGET_INDEX : RNN_TARGET_SAME;
}

static size_t fill_layer(lua_State *L, rnn_made_type *made) {
  rnn_layer_type *layer = &made->vtable.layer;
  layer->min_inputs = (int)integer_field(L, "min_inputs", 1);
  layer->max_inputs = (int)integer_field(L, "max_inputs", 1);
  made->spec.several = layer->max_inputs > 1;
  made->spec.who = NULL; /* the host puts the layer's name in front */
  if (boolean_field(L, "supports_masking")) layer->flags |= RNN_LAYER_TAKES_MASK | RNN_LAYER_PASSES_MASK;
  if (made->spec.slots[RNN_SCRIPT_COMPUTE_MASK] != LUA_NOREF) {
    layer->flags |= RNN_LAYER_TAKES_MASK;
    layer->flags &= ~(unsigned)RNN_LAYER_PASSES_MASK;
  }
  rnn_script_fill_layer(layer, &made->spec);
  return sizeof *layer;
}

/* the functions of the kind, and the vtable's size */
static size_t fill_vtable(lua_State *L, rnn_made_type *made) {
  unsigned both = RNN_READS_INPUT | RNN_READS_OUTPUT;
  bool explicit = made->spec.slots[RNN_SCRIPT_BACKWARD] != LUA_NOREF;
  switch (made->vtable.type.kind) {
    case RNN_ACTIVATION:
      made->vtable.activation.flags = RNN_MAIN_THREAD | (explicit ? both : RNN_READS_INPUT);
      made->vtable.activation.forward = rnn_script_activate;
      made->vtable.activation.backward = rnn_script_activate_backward;
      return sizeof made->vtable.activation;
    case RNN_INITIALIZER:
      made->vtable.initializer.fill = rnn_script_fill;
      return sizeof made->vtable.initializer;
    case RNN_REGULARIZER:
      made->vtable.regularizer.apply = rnn_script_penalize;
      return sizeof made->vtable.regularizer;
    case RNN_CONSTRAINT:
      made->vtable.constraint.apply = rnn_script_constrain;
      return sizeof made->vtable.constraint;
    case RNN_LOSS:
      made->vtable.loss.target = target_field(L);
      made->vtable.loss.compute = rnn_script_loss;
      return sizeof made->vtable.loss;
    case RNN_METRIC:
      made->vtable.metric.target = target_field(L);
      made->vtable.metric.state_size = rnn_script_state_size;
      made->vtable.metric.update = rnn_script_update_metric;
      made->vtable.metric.result = rnn_script_result;
      if (boolean_field(L, "maximized")) made->vtable.metric.flags = RNN_METRIC_MAXIMIZED;
      return sizeof made->vtable.metric;
    case RNN_OPTIMIZER:
      made->vtable.optimizer.flags = RNN_OPTIMIZER_BY_VARIABLE | RNN_OPTIMIZER_MAIN_THREAD;
      made->vtable.optimizer.slot_count = rnn_script_slot_count;
      made->vtable.optimizer.slot_start = rnn_script_slot_start;
      made->vtable.optimizer.update = rnn_script_update;
      return sizeof made->vtable.optimizer;
    case RNN_SCHEDULE:
      made->vtable.schedule.rate = rnn_script_rate;
      return sizeof made->vtable.schedule;
    case RNN_LAYER: return fill_layer(L, made);
    default: return 0;
  }
}

static void fill_type(lua_State *L, rnn_made_type *made, rnn_kind kind) {
  rnn_type *type = &made->vtable.type;
  bool optimizer = kind == RNN_OPTIMIZER;
  *type = (rnn_type){.kind = kind,
                     .name = text_field(L, made, "name"),
                     .aliases = text_field(L, made, "aliases"),
                     .doc = text_field(L, made, "doc"),
                     .check = rnn_script_start,
                     .release = rnn_script_release,
                     .data = &made->spec};
  if (type->name == NULL) luaL_error(L, "a type has no name");
  made->spec.who = type->name;
  made->spec.offset = optimizer ? sizeof(rnn_optimizer_common) : 0;
  read_functions(L, &made->spec);
  read_names(L, made);
  read_args(L, made, made->spec.offset + sizeof(rnn_script));
  type->size = fill_vtable(L, made);
}

void rnn_make_type(lua_State *L, int index, rnn_kind kind, rnn_made_type **out) {
  rnn_made_type *made = rnn_malloc(sizeof *made);
  if (made == NULL) luaL_error(L, "not enough memory");
  memset(made, 0, sizeof *made);
  made->spec = rnn_script_plain; /* no functions */
  *out = made;
  lua_pushvalue(L, index);
  fill_type(L, made, kind);
  lua_pop(L, 1);
}

void rnn_free_made_type(rnn_made_type *made) {
  if (made == NULL) return;
  for (int i = 0; i < RNN_SCRIPT_SLOTS; i++) rnn_lua_forget(made->spec.slots[i]);
  rnn_lua_forget(made->spec.class);
  rnn_free_texts(made->texts);
  rnn_free(made->args);
  rnn_free(made);
}
