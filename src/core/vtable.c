/* vtable.c - whether a type that a plugin brings can be used at all */
#include "core/vtable.h"

#include <string.h>

#include "core/alloc.h"
#include "core/descriptor.h"
#include "core/registry.h"

#define MOST_ARGUMENTS 64 /* a component remembers in 64 bits which of them were set */

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

/* an argument whose field does not lie in self; NULL if there is none */
static const char *stray_argument(const rnn_type *type) {
  static const size_t fields[] = {
      [RNN_ARG_INTEGER] = sizeof(int64_t),     [RNN_ARG_NUMBER] = sizeof(double),
      [RNN_ARG_BOOLEAN] = sizeof(bool),        [RNN_ARG_STRING] = sizeof(char *),
      [RNN_ARG_SHAPE] = sizeof(rnn_shape),     [RNN_ARG_COMPONENT] = sizeof(rnn_component *),
      [RNN_ARG_RATE] = sizeof(rnn_rate),       [RNN_ARG_NUMBERS] = sizeof(rnn_numbers)};
  for (int i = 0; i < type->arg_count; i++) {
    const rnn_arg *arg = &type->args[i];
    if (arg->type > RNN_ARG_NUMBERS || arg->offset + fields[arg->type] > type->self_size)
      return arg->name;
  }
  return NULL;
}

/* a layer's slot that a plain function has no use for; NULL if the type has none */
static const char *stray_slot(const rnn_type *type) {
  const rnn_function_type *t = (const rnn_function_type *)type;
  if (type->kind != RNN_FUNCTION) return NULL;
  return t->build ? "build" : t->mask ? "mask" : t->states ? "states" : NULL;
}

/* whether a range is written as an interval: "[0, 1)" */
static bool is_interval(const char *range) {
  size_t length = strlen(range);
  const char *comma = strchr(range, ',');
  return length >= 5 && strchr("[(", range[0]) && comma && strchr("])", range[length - 1]);
}

/* an argument that is not declared as it has to be; NULL if there is none */
static const rnn_arg *odd_argument(const rnn_type *type) {
  for (int i = 0; i < type->arg_count; i++) {
    const rnn_arg *arg = &type->args[i];
    bool component = arg->type == RNN_ARG_COMPONENT || arg->type == RNN_ARG_RATE;
    if (arg->name == NULL || !rnn_is_identifier(arg->name)) return arg;
    if (component && (unsigned)arg->kind >= RNN_KIND_COUNT) return arg;
    bool axes = arg->type == RNN_ARG_SHAPE && arg->range && strcmp(arg->range, "axes") == 0;
    if (arg->range && arg->type != RNN_ARG_STRING && !axes && !is_interval(arg->range)) return arg;
  }
  return NULL;
}

/* an argument of every optimizer that this one lacks, or has at another place; NULL if it has them all */
static const char *missing_common(const rnn_type *type) {
  static const rnn_arg common[] = {RNN_OPTIMIZER_RATE_ARG(struct {rnn_optimizer_common common;}, "0"),
                                   RNN_OPTIMIZER_ARGS(struct {rnn_optimizer_common common;}, "nil")};
  for (size_t c = 0; c < sizeof common / sizeof common[0]; c++) {
    int i = 0;
    while (i < type->arg_count && strcmp(type->args[i].name, common[c].name) != 0) i++;
    if (i == type->arg_count || type->args[i].offset != common[c].offset || type->args[i].type != common[c].type)
      return common[c].name;
  }
  return NULL;
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

static rnn_status check_arguments(rnn_context *cx, const char *plugin, const char *kind, const rnn_type *type) {
  if (type->arg_count > MOST_ARGUMENTS)
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s' declares %d arguments, at most %d allowed",
                    plugin, kind, type->name, type->arg_count, MOST_ARGUMENTS);
  if (type->arg_count < 0 || (type->arg_count > 0 && type->args == NULL) || type->positional > type->arg_count)
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': args, arg_count and positional contradict each other",
                    plugin, kind, type->name);
  if (odd_argument(type)) {
    const char *name = odd_argument(type)->name;
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': argument '%.70s' is not declared well: its name, range or kind",
                    plugin, kind, type->name, name ? name : "NULL");
  }
  if (stray_argument(type))
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': argument '%s' lies outside of its struct",
                    plugin, kind, type->name, stray_argument(type));
  if (type->kind == RNN_OPTIMIZER && missing_common(type))
    return rnn_fail(cx, RNN_INVALID, "plugin %s: optimizer '%s': argument '%s' is missing: its self begins with "
                    "rnn_optimizer_common, its arguments have RNN_OPTIMIZER_RATE_ARG and RNN_OPTIMIZER_ARGS",
                    plugin, type->name, missing_common(type));
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
  return check_arguments(cx, plugin, kind, type);
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
