/* vtable.c - whether a type that a plugin brings can be used at all */
#include "core/vtable.h"

#include "core/registry.h"

#define MOST_ARGUMENTS 64 /* a component remembers in 64 bits which of them were set */

/* Every vtable of this ABI's first version is complete: there is none to be more lenient with. */
static const size_t sizes[RNN_KIND_COUNT] = {
    [RNN_ACTIVATION] = sizeof(rnn_activation_type),   [RNN_INITIALIZER] = sizeof(rnn_initializer_type),
    [RNN_REGULARIZER] = sizeof(rnn_regularizer_type), [RNN_CONSTRAINT] = sizeof(rnn_constraint_type),
    [RNN_LOSS] = sizeof(rnn_loss_type),               [RNN_METRIC] = sizeof(rnn_metric_type),
    [RNN_OPTIMIZER] = sizeof(rnn_optimizer_type),     [RNN_SCHEDULE] = sizeof(rnn_schedule_type),
    [RNN_LAYER] = sizeof(rnn_layer_type)};

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
    case RNN_KIND_COUNT: break;
  }
  return NULL;
}

/* an argument whose field does not lie in self; NULL if there is none */
static const char *stray_argument(const rnn_type *type) {
  static const size_t fields[] = {
      [RNN_ARG_INTEGER] = sizeof(int64_t),     [RNN_ARG_NUMBER] = sizeof(double),
      [RNN_ARG_BOOLEAN] = sizeof(bool),        [RNN_ARG_STRING] = sizeof(char *),
      [RNN_ARG_SHAPE] = sizeof(rnn_shape),     [RNN_ARG_COMPONENT] = sizeof(rnn_component *),
      [RNN_ARG_RATE] = sizeof(rnn_rate)};
  for (int i = 0; i < type->arg_count; i++) {
    const rnn_arg *arg = &type->args[i];
    if (arg->type > RNN_ARG_RATE || arg->offset + fields[arg->type] > type->self_size)
      return arg->name;
  }
  return NULL;
}

/* a slot that is laid out for later and that no host calls yet; NULL if the type has none */
static const char *early_slot(const rnn_type *type) {
  const rnn_layer_type *t = (const rnn_layer_type *)type;
  if (type->kind != RNN_LAYER) return NULL;
  return t->mask ? "mask" : t->states ? "states" : NULL;
}

rnn_status rnn_check_vtable(rnn_context *cx, const char *plugin, const rnn_type *type) {
  if ((unsigned)type->kind >= RNN_KIND_COUNT)
    return rnn_fail(cx, RNN_INVALID, "plugin %s: type '%s' is of an unknown kind %d", plugin,
                    type->name, (int)type->kind);
  const char *kind = rnn_kind_name(type->kind);
  if (type->size < sizes[type->kind])
    return rnn_fail(cx, RNN_INVALID,
                    "plugin %s: %s '%s': its vtable has %zu bytes, at least %zu expected", plugin,
                    kind, type->name, type->size, sizes[type->kind]);
  if (missing_slot(type))
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': required function '%s' is missing", plugin,
                    kind, type->name, missing_slot(type));
  if (early_slot(type))
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': function '%s' is not called by this version",
                    plugin, kind, type->name, early_slot(type));
  if (type->arg_count > MOST_ARGUMENTS)
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s' declares %d arguments, at most %d allowed",
                    plugin, kind, type->name, type->arg_count, MOST_ARGUMENTS);
  if (stray_argument(type))
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': argument '%s' lies outside of its struct",
                    plugin, kind, type->name, stray_argument(type));
  return RNN_OK;
}
