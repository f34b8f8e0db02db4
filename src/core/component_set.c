/* component_set.c - arguments of components, one by one: checked against their ranges, kept */
#include "core/component.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/component_instance.h"
#include "core/component_list.h"
#include "core/context.h"
#include "core/range.h"
#include "core/registry.h"

static rnn_status range_error(rnn_context *cx, const rnn_type *type, const rnn_arg *arg,
                              const char *value) {
  return rnn_fail(cx, RNN_INVALID, "%s: argument '%s' must be %s %s, got %s", type->name, arg->name,
                  arg->type == RNN_ARG_STRING ? "one of" : "in", arg->range, value);
}

bool rnn_is_set(const rnn_component *component, int arg) {
  return ((const instance *)component)->is_set >> arg & 1;
}

rnn_status rnn_wrong_type(rnn_context *cx, const rnn_component *component, int arg,
                          const char *got) {
  static const char *const expected[] = {"an integer", "a number", "a boolean", "a string",
                                         "a shape",    "",         "a number or a schedule",
                                         "a number or a list of numbers", ""};
  const rnn_arg *a = &component->type->args[arg];
  if (a->type == RNN_ARG_COMPONENT || a->type == RNN_ARG_COMPONENTS)
    return rnn_fail(cx, RNN_INVALID, "%s: argument '%s' must be a name or object of kind %s%s, got %s",
                    component->type->name, a->name, rnn_kind_name(a->kind),
                    a->type == RNN_ARG_COMPONENTS ? ", or a list of them" : "", got);
  return rnn_fail(cx, RNN_INVALID, "%s: argument '%s' must be %s, got %s", component->type->name,
                  a->name, expected[a->type], got);
}

/* ---- one argument ------------------------------------------------------------------------------ */

rnn_status rnn_set_integer(rnn_context *cx, rnn_component *component, int arg, int64_t value) {
  const rnn_arg *a = &component->type->args[arg];
  if (a->type == RNN_ARG_NUMBER || a->type == RNN_ARG_RATE || a->type == RNN_ARG_NUMBERS)
    return rnn_set_number(cx, component, arg, (double)value);
  if (a->type != RNN_ARG_INTEGER) return rnn_wrong_type(cx, component, arg, "a number");
  if (a->range && !rnn_in_interval((double)value, a->range)) {
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    return range_error(cx, component->type, a, text);
  }
  *(int64_t *)rnn_field(component, arg) = value;
  rnn_mark_set(component, arg);
  return RNN_OK;
}

rnn_status rnn_set_number(rnn_context *cx, rnn_component *component, int arg, double value) {
  const rnn_arg *a = &component->type->args[arg];
  char text[32];
  snprintf(text, sizeof text, "%.14g", value);
  if (a->type == RNN_ARG_INTEGER) {
    if (value == floor(value) && fabs(value) < 9e18)
      return rnn_set_integer(cx, component, arg, (int64_t)value);
    return rnn_wrong_type(cx, component, arg, text);
  }
  if (a->type == RNN_ARG_NUMBERS) return rnn_set_numbers(cx, component, arg, 1, &value);
  if (a->type != RNN_ARG_NUMBER && a->type != RNN_ARG_RATE)
    return rnn_wrong_type(cx, component, arg, "a number");
  if (a->range && !rnn_in_interval(value, a->range)) return range_error(cx, component->type, a, text);
  if (a->type == RNN_ARG_NUMBER) {
    *(double *)rnn_field(component, arg) = value;
  } else {
    rnn_rate *rate = rnn_field(component, arg);
    rnn_component_release(rate->schedule);
    *rate = (rnn_rate){value, NULL};
  }
  rnn_mark_set(component, arg);
  return RNN_OK;
}

rnn_status rnn_set_boolean(rnn_context *cx, rnn_component *component, int arg, bool value) {
  if (component->type->args[arg].type != RNN_ARG_BOOLEAN)
    return rnn_wrong_type(cx, component, arg, "a boolean");
  *(bool *)rnn_field(component, arg) = value;
  rnn_mark_set(component, arg);
  return RNN_OK;
}

rnn_status rnn_set_string(rnn_context *cx, rnn_component *component, int arg, const char *value) {
  const rnn_arg *a = &component->type->args[arg];
  if (a->type == RNN_ARG_COMPONENT) { /* a name stands for that component with its defaults */
    rnn_component *made = rnn_component_create(cx, a->kind, value);
    if (made == NULL) {
      char reason[512];
      snprintf(reason, sizeof reason, "%s", rnn_message(cx));
      return rnn_fail(cx, RNN_INVALID, "%s: argument '%s': %s", component->type->name, a->name,
                      reason);
    }
    rnn_status status = rnn_set_component(cx, component, arg, made);
    rnn_component_release(made);
    return status;
  }
  if (a->type != RNN_ARG_STRING) return rnn_wrong_type(cx, component, arg, "a string");
  if (a->range && !rnn_in_choices(value, a->range)) {
    char text[80];
    snprintf(text, sizeof text, "'%.70s'", value);
    return range_error(cx, component->type, a, text);
  }
  char *copy = rnn_malloc(strlen(value) + 1);
  if (copy == NULL)
    return rnn_fail(cx, RNN_NO_MEMORY, "%s: not enough memory", component->type->name);
  strcpy(copy, value);
  char **field = rnn_field(component, arg);
  rnn_free(*field);
  *field = copy;
  rnn_mark_set(component, arg);
  return RNN_OK;
}

rnn_status rnn_set_shape(rnn_context *cx, rnn_component *component, int arg,
                         const rnn_shape *value) {
  const rnn_arg *a = &component->type->args[arg];
  if (a->type != RNN_ARG_SHAPE) return rnn_wrong_type(cx, component, arg, "a table");
  for (int i = 0; a->range && i < value->ndim; i++)
    if (value->dim[i] != RNN_UNKNOWN && !rnn_in_interval((double)value->dim[i], a->range))
      return rnn_fail(cx, RNN_INVALID, "%s: argument '%s': extent %d must be in %s, got %lld",
                      component->type->name, a->name, i + 1, a->range, (long long)value->dim[i]);
  *(rnn_shape *)rnn_field(component, arg) = *value;
  rnn_mark_set(component, arg);
  return RNN_OK;
}

rnn_status rnn_set_numbers(rnn_context *cx, rnn_component *component, int arg, int64_t count,
                           const double *values) {
  const rnn_arg *a = &component->type->args[arg];
  if (a->type != RNN_ARG_NUMBERS) return rnn_wrong_type(cx, component, arg, "a table");
  for (int64_t i = 0; a->range && i < count; i++)
    if (!rnn_in_interval(values[i], a->range))
      return rnn_fail(cx, RNN_INVALID, "%s: argument '%s': number %lld must be in %s, got %.14g",
                      component->type->name, a->name, (long long)i + 1, a->range, values[i]);
  double *copy = rnn_malloc(sizeof *copy * (size_t)(count + 1));
  if (copy == NULL)
    return rnn_fail(cx, RNN_NO_MEMORY, "%s: not enough memory", component->type->name);
  memcpy(copy, values, sizeof *copy * (size_t)count);
  rnn_numbers *field = rnn_field(component, arg);
  rnn_free((double *)field->values);
  *field = (rnn_numbers){count, copy};
  rnn_mark_set(component, arg);
  return RNN_OK;
}

rnn_status rnn_set_component(rnn_context *cx, rnn_component *component, int arg,
                             const rnn_component *value) {
  const rnn_arg *a = &component->type->args[arg];
  bool fits = (a->type == RNN_ARG_COMPONENT || a->type == RNN_ARG_RATE) && a->kind == value->type->kind;
  if (!fits) {
    char text[96];
    snprintf(text, sizeof text, "%s, of kind %s", value->type->name,
             rnn_kind_name(value->type->kind));
    return rnn_wrong_type(cx, component, arg, text);
  }
  rnn_component_retain(value);
  const rnn_component **field = a->type == RNN_ARG_RATE
                                    ? &((rnn_rate *)rnn_field(component, arg))->schedule
                                    : (const rnn_component **)rnn_field(component, arg);
  rnn_component_release(*field);
  *field = value;
  rnn_mark_set(component, arg);
  return RNN_OK;
}

rnn_status rnn_set_components(rnn_context *cx, rnn_component *component, int arg, const rnn_components *value) {
  const rnn_arg *a = &component->type->args[arg];
  if (a->type != RNN_ARG_COMPONENTS) return rnn_wrong_type(cx, component, arg, "a list");
  rnn_components copy;
  if (!rnn_copy_list(value, &copy))
    return rnn_fail(cx, RNN_NO_MEMORY, "%s: not enough memory", component->type->name);
  rnn_components *field = rnn_field(component, arg);
  rnn_release_list(field);
  *field = copy;
  rnn_mark_set(component, arg);
  return RNN_OK;
}

rnn_status rnn_set_nil(rnn_context *cx, rnn_component *component, int arg) {
  const rnn_arg *a = &component->type->args[arg];
  if (a->fallback == NULL || strcmp(a->fallback, "nil") != 0)
    return rnn_wrong_type(cx, component, arg, "nil");
  void *field = rnn_field(component, arg);
  switch (a->type) {
    case RNN_ARG_INTEGER: *(int64_t *)field = RNN_NIL_INTEGER; break;
    case RNN_ARG_NUMBER: *(double *)field = NAN; break;
    case RNN_ARG_BOOLEAN: *(bool *)field = false; break;
    case RNN_ARG_STRING: rnn_free(*(char **)field), *(char **)field = NULL; break;
    case RNN_ARG_SHAPE: ((rnn_shape *)field)->ndim = -1; break;
    case RNN_ARG_COMPONENT:
      rnn_component_release(*(const rnn_component **)field);
      *(const rnn_component **)field = NULL;
      break;
    case RNN_ARG_RATE: return rnn_wrong_type(cx, component, arg, "nil");
    case RNN_ARG_NUMBERS:
      rnn_free((double *)((rnn_numbers *)field)->values);
      *(rnn_numbers *)field = (rnn_numbers){0, NULL};
      break;
    case RNN_ARG_COMPONENTS: rnn_release_list(field); break;
  }
  rnn_mark_set(component, arg);
  return RNN_OK;
}
