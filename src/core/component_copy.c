/* component_copy.c - components made from others */
#include "core/component.h"

#include <string.h>

#include "core/alloc.h"
#include "core/common.h"
#include "core/component_instance.h"
#include "core/component_list.h"
#include "core/context.h"

static rnn_status copy_argument(rnn_context *cx, rnn_component *to, const rnn_component *from,
                                int arg) {
  const void *field = rnn_field(from, arg);
  switch (from->type->args[arg].type) {
    case RNN_ARG_STRING:
      if (*(char *const *)field == NULL) return rnn_set_nil(cx, to, arg);
      return rnn_set_string(cx, to, arg, *(char *const *)field);
    case RNN_ARG_COMPONENT:
      if (*(const rnn_component *const *)field == NULL) return rnn_set_nil(cx, to, arg);
      return rnn_set_component(cx, to, arg, *(const rnn_component *const *)field);
    case RNN_ARG_RATE: {
      const rnn_rate *rate = field;
      if (rate->schedule) return rnn_set_component(cx, to, arg, rate->schedule);
      return rnn_set_number(cx, to, arg, rate->value);
    }
    case RNN_ARG_NUMBERS: {
      const rnn_numbers *list = field;
      if (list->values == NULL) return rnn_set_nil(cx, to, arg);
      return rnn_set_numbers(cx, to, arg, list->count, list->values);
    }
    case RNN_ARG_COMPONENTS: {
      const rnn_components *list = field;
      return list->items ? rnn_set_components(cx, to, arg, list) : rnn_set_nil(cx, to, arg);
    }
    case RNN_ARG_INTEGER: *(int64_t *)rnn_field(to, arg) = *(const int64_t *)field; break;
    case RNN_ARG_NUMBER: *(double *)rnn_field(to, arg) = *(const double *)field; break;
    case RNN_ARG_BOOLEAN: *(bool *)rnn_field(to, arg) = *(const bool *)field; break;
    case RNN_ARG_SHAPE: *(rnn_shape *)rnn_field(to, arg) = *(const rnn_shape *)field; break;
  }
  rnn_mark_set(to, arg);
  return RNN_OK;
}

/* a new, unfinished instance of `type` with the arguments of a component whose type declares the same ones */
static rnn_component *copy_as(rnn_context *cx, const rnn_type *type, const rnn_component *component) {
  rnn_component *copy = rnn_component_new(cx, type);
  for (int i = 0; copy && i < type->arg_count; i++) {
    if (copy_argument(cx, copy, component, i) == RNN_OK) continue;
    rnn_component_release(copy);
    return NULL;
  }
  return copy;
}

rnn_component *rnn_component_copy(rnn_context *cx, const rnn_component *component) {
  rnn_component *copy = copy_as(cx, component->type, component);
  rnn_component *common = instance_of(component)->common;
  if (copy) rnn_component_retain(instance_of(copy)->common = common);
  return copy;
}

/* ---- arguments that a kind has in common ------------------------------------------------------------ */

rnn_status rnn_component_keep_common(rnn_context *cx, rnn_component *component, const rnn_component *given) {
  const rnn_type *type = rnn_common_type(component->type->kind);
  rnn_component *kept = type ? copy_as(cx, type, given) : NULL;
  if (type && kept == NULL) return RNN_NO_MEMORY;
  rnn_component_release(instance_of(component)->common);
  instance_of(component)->common = kept;
  return RNN_OK;
}

const rnn_component *rnn_common_of(const rnn_component *component) {
  const rnn_component *given = instance_of(component)->common;
  return given ? given : rnn_common_defaults(component->type->kind);
}
