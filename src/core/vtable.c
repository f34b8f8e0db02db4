/* vtable.c - whether a type that a plugin brings can be used at all */
#include "core/vtable.h"

#include <string.h>

#include "core/alloc.h"
#include "core/declared.h"
#include "core/descriptor.h"
#include "core/registry.h"

/* A vtable's size now, and in ABI 0.1, from where on slots are at their defaults where a plugin lacks them. */
typedef struct extent {
  size_t now, first;
} extent;
#define WHOLE(TYPE) {sizeof(TYPE), sizeof(TYPE)}
#define SINCE(TYPE, SLOT) {sizeof(TYPE), offsetof(TYPE, SLOT)}
static const extent sizes[RNN_KIND_COUNT] = {
    [RNN_ACTIVATION] = WHOLE(rnn_activation_type),
    [RNN_INITIALIZER] = WHOLE(rnn_initializer_type),
    [RNN_REGULARIZER] = WHOLE(rnn_regularizer_type),
    [RNN_CONSTRAINT] = WHOLE(rnn_constraint_type),
    [RNN_LOSS] = WHOLE(rnn_loss_type),
    [RNN_METRIC] = SINCE(rnn_metric_type, flags),
    [RNN_OPTIMIZER] = SINCE(rnn_optimizer_type, flags),
    [RNN_SCHEDULE] = WHOLE(rnn_schedule_type),
    [RNN_LAYER] = SINCE(rnn_layer_type, min_inputs),
    [RNN_FUNCTION] = WHOLE(rnn_function_type)};

/* the name of a required function that is NULL; NULL if all are there */
static const char *missing_slot(const rnn_type *type) {
  switch (type->kind) {
    case RNN_ACTIVATION: {
      const rnn_activation_type *t = (const rnn_activation_type *)type;
      return !t->forward ? "forward" : !t->backward ? "backward" : NULL;
    }
    case RNN_INITIALIZER: return ((const rnn_initializer_type *)type)->fill ? NULL : "fill";
    case RNN_REGULARIZER: return ((const rnn_regularizer_type *)type)->apply ? NULL : "apply";
    case RNN_CONSTRAINT: return ((const rnn_constraint_type *)type)->apply ? NULL : "apply";
    case RNN_LOSS: return ((const rnn_loss_type *)type)->compute ? NULL : "compute";
    case RNN_METRIC: {
      const rnn_metric_type *t = (const rnn_metric_type *)type;
      return !t->state_size ? "state_size" : !t->update ? "update" : !t->result ? "result" : NULL;
    }
    case RNN_OPTIMIZER: return ((const rnn_optimizer_type *)type)->update ? NULL : "update";
    case RNN_SCHEDULE: return ((const rnn_schedule_type *)type)->rate ? NULL : "rate";
    case RNN_LAYER: {
      const rnn_layer_type *t = (const rnn_layer_type *)type;
      return !t->shapes ? "shapes" : !t->forward ? "forward" : !t->backward ? "backward" : NULL;
    }
    case RNN_FUNCTION: {
      const rnn_function_type *t = (const rnn_function_type *)type;
      return !t->shapes ? "shapes" : !t->forward ? "forward" : NULL;
    }
    case RNN_KIND_COUNT: break;
  }
  return NULL;
}

/* a layer's slot that a plain function has no use for; NULL if the type has none */
static const char *stray_slot(const rnn_type *type) {
  const rnn_function_type *t = (const rnn_function_type *)type;
  if (type->kind != RNN_FUNCTION) return NULL;
  return t->build ? "build" : t->mask ? "mask" : t->states ? "states" : NULL;
}

/* what can be said of a type before its functions and arguments are looked at */
static rnn_status check_head(rnn_context *cx, const char *plugin, const rnn_type *type) {
  if (type == NULL) return rnn_fail(cx, RNN_INVALID, "plugin %s: registers NULL in place of a type", plugin);
  if (type->size < sizeof *type)
    return rnn_fail(cx, RNN_INVALID, "plugin %s: a type says that its vtable has %zu bytes; the head alone, rnn_type, "
                    "has %zu", plugin, type->size, sizeof *type);
  if (type->name == NULL || !rnn_is_identifier(type->name))
    return rnn_fail(cx, RNN_INVALID, "plugin %s: a type is called '%.70s'; a name is made of letters, digits and _, and "
                    "does not begin with a digit", plugin, type->name ? type->name : "NULL");
  return RNN_OK;
}

/* how many inputs a layer or function says it takes */
static rnn_status check_inputs(rnn_context *cx, const char *plugin, const char *kind, const rnn_type *type) {
  const rnn_layer_type *layer = (const rnn_layer_type *)type;
  bool has_least = type->size >= offsetof(rnn_layer_type, min_inputs) + sizeof layer->min_inputs;
  int most = layer->max_inputs > 0 ? layer->max_inputs : 1, least = has_least ? layer->min_inputs : 1;
  if (most > RNN_MAX_PORTS)
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': max_inputs is %d, at most %d allowed", plugin, kind, type->name,
                    most, RNN_MAX_PORTS);
  if (least > most)
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': min_inputs is %d, more than max_inputs, which is %d", plugin,
                    kind, type->name, least, most);
  return RNN_OK;
}

rnn_status rnn_check_vtable(rnn_context *cx, const char *plugin, const rnn_type *type) {
  rnn_try(check_head(cx, plugin, type));
  if ((unsigned)type->kind >= RNN_KIND_COUNT)
    return rnn_fail(cx, RNN_INVALID, "plugin %s: type '%s' is of an unknown kind %d", plugin,
                    type->name, (int)type->kind);
  const char *kind = rnn_kind_name(type->kind);
  if (type->size < sizes[type->kind].first)
    return rnn_fail(cx, RNN_INVALID,
                    "plugin %s: %s '%s': its vtable has %zu bytes, at least %zu expected", plugin,
                    kind, type->name, type->size, sizes[type->kind].first);
  if (missing_slot(type))
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': required function '%s' is missing", plugin,
                    kind, type->name, missing_slot(type));
  if (stray_slot(type))
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': is a plain function and cannot have '%s'",
                    plugin, kind, type->name, stray_slot(type));
  if (type->kind == RNN_LAYER || type->kind == RNN_FUNCTION) rnn_try(check_inputs(cx, plugin, kind, type));
  return rnn_check_declared(cx, plugin, type);
}

const rnn_type *rnn_complete_vtable(rnn_context *cx, const rnn_type *type) {
  size_t size = sizes[type->kind].now;
  if (type->size >= size) return type;
  rnn_type *whole = rnn_malloc(size);
  if (whole == NULL) {
    rnn_fail(cx, RNN_NO_MEMORY, "registry: not enough memory");
    return NULL;
  }
  memset(whole, 0, size);
  memcpy(whole, type, type->size);
  return whole;
}
