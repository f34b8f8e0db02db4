/*
** component.c - instances of registered types.
**
** The public rnn_component is the head of a counted struct of the host's, which also knows which
** arguments were set and owns the strings. An instance is immutable once finished, but for an
** optimizer's learning rate.
*/
#include "core/component.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/common.h"
#include "core/component_list.h"
#include "core/context.h"
#include "core/range.h"
#include "core/registry.h"

typedef struct instance {
  rnn_component component;
  int references;
  bool finished;   /* check succeeded: release is owed */
  bool calls_lua;  /* it, or an activation or layer among its arguments */
  uint64_t is_set; /* one bit an argument */
  rnn_component *common; /* what was given of the arguments that its kind has in common (common.h); NULL: nothing */
  max_align_t self[]; /* component.self points here */
} instance;

static instance *instance_of(const rnn_component *component) { return (instance *)component; }

const rnn_component *rnn_component_of(const void *self) {
  return (const rnn_component *)((const char *)self - offsetof(instance, self));
}

rnn_component *rnn_component_new(rnn_context *cx, const rnn_type *type) {
  size_t bytes = sizeof(instance) + type->self_size;
  instance *new = rnn_malloc(bytes);
  if (new == NULL) {
    rnn_fail(cx, RNN_NO_MEMORY, "%s: not enough memory", type->name);
    return NULL;
  }
  memset(new, 0, bytes);
  new->component = (rnn_component){type, new->self};
  new->references = 1;
  return &new->component;
}

int rnn_arg_index(const rnn_type *type, const char *name) {
  for (int i = 0; i < type->arg_count; i++)
    if (strcmp(type->args[i].name, name) == 0) return i;
  return -1;
}

/* ---- ranges ---------------------------------------------------------------------------------- */

static rnn_status range_error(rnn_context *cx, const rnn_type *type, const rnn_arg *arg,
                              const char *value) {
  return rnn_fail(cx, RNN_INVALID, "%s: argument '%s' must be %s %s, got %s", type->name, arg->name,
                  arg->type == RNN_ARG_STRING ? "one of" : "in", arg->range, value);
}

bool rnn_is_set(const rnn_component *component, int arg) {
  return ((const instance *)component)->is_set >> arg & 1;
}

static void mark_set(rnn_component *component, int arg) {
  instance_of(component)->is_set |= (uint64_t)1 << arg;
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
  mark_set(component, arg);
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
  mark_set(component, arg);
  return RNN_OK;
}

rnn_status rnn_set_boolean(rnn_context *cx, rnn_component *component, int arg, bool value) {
  if (component->type->args[arg].type != RNN_ARG_BOOLEAN)
    return rnn_wrong_type(cx, component, arg, "a boolean");
  *(bool *)rnn_field(component, arg) = value;
  mark_set(component, arg);
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
  mark_set(component, arg);
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
  mark_set(component, arg);
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
  mark_set(component, arg);
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
  mark_set(component, arg);
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
  mark_set(component, arg);
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
  mark_set(component, arg);
  return RNN_OK;
}

/* ---- all of them --------------------------------------------------------------------------------- */

static rnn_status set_default(rnn_context *cx, rnn_component *component, int arg) {
  const rnn_arg *a = &component->type->args[arg];
  const char *text = a->fallback;
  if (text == NULL)
    return rnn_fail(cx, RNN_INVALID, "%s: argument '%s' is required", component->type->name, a->name);
  if (strcmp(text, "nil") == 0) return rnn_set_nil(cx, component, arg);
  switch (a->type) {
    case RNN_ARG_INTEGER: return rnn_set_integer(cx, component, arg, strtoll(text, NULL, 10));
    case RNN_ARG_NUMBER:
    case RNN_ARG_NUMBERS:
    case RNN_ARG_RATE: return rnn_set_number(cx, component, arg, strtod(text, NULL));
    case RNN_ARG_BOOLEAN: return rnn_set_boolean(cx, component, arg, strcmp(text, "true") == 0);
    default: return rnn_set_string(cx, component, arg, text);
  }
}

/* an optimizer clips in one way: Keras refuses several */
static rnn_status check_clipping(rnn_context *cx, const rnn_component *component) {
  const rnn_optimizer_common *common = component->self;
  int given = !isnan(common->clipnorm) + !isnan(common->clipvalue) + !isnan(common->global_clipnorm);
  if (given <= 1) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "%s: give one of 'clipnorm', 'clipvalue' and 'global_clipnorm', got %d",
                  component->type->name, given);
}

/* ---- which thread -------------------------------------------------------------------------------- */

static bool type_calls_lua(const rnn_type *type) {
  if (type->size <= sizeof *type) return false; /* no vtable: the arguments that a kind has in common */
  switch (type->kind) {
    case RNN_ACTIVATION: return ((const rnn_activation_type *)type)->flags & RNN_MAIN_THREAD;
    case RNN_LAYER: return ((const rnn_layer_type *)type)->flags & RNN_LAYER_MAIN_THREAD;
    case RNN_OPTIMIZER: return ((const rnn_optimizer_type *)type)->flags & RNN_OPTIMIZER_MAIN_THREAD;
    default: return false;
  }
}

static bool calls_lua(const rnn_component *component) {
  const rnn_type *type = component->type;
  bool found = type_calls_lua(type);
  for (int i = 0; i < type->arg_count && !found; i++) {
    if (type->args[i].kind != RNN_ACTIVATION && type->args[i].kind != RNN_LAYER) continue;
    rnn_components held = rnn_held(component, i);
    for (int64_t k = 0; k < held.count && !found; k++) found = instance_of(held.items[k])->calls_lua;
  }
  return found;
}

bool rnn_component_calls_lua(const rnn_component *component) {
  return instance_of(component)->calls_lua;
}

void rnn_component_mark_script(const void *self) {
  instance_of(rnn_component_of(self))->calls_lua = true;
}

rnn_status rnn_component_finish(rnn_context *cx, rnn_component *component) {
  const rnn_type *type = component->type;
  instance *in = instance_of(component);
  for (int i = 0; i < type->arg_count; i++)
    if (!rnn_is_set(component, i)) rnn_try(set_default(cx, component, i));
  if (type->kind == RNN_OPTIMIZER) rnn_try(check_clipping(cx, component));
  in->calls_lua = calls_lua(component);
  if (type->check) rnn_try(rnn_ask(cx, type->check(cx, component->self)));
  in->finished = true;
  return RNN_OK;
}

rnn_component *rnn_component_create(rnn_context *cx, rnn_kind kind, const char *name) {
  const rnn_type *type = rnn_need_type(cx, kind, name);
  rnn_component *component = type ? rnn_component_new(cx, type) : NULL;
  if (component && rnn_component_finish(cx, component) != RNN_OK) {
    rnn_component_release(component);
    return NULL;
  }
  return component;
}

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
  mark_set(to, arg);
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

rnn_component *rnn_component_twin(rnn_context *cx, const rnn_component *component, const char *argument, bool value) {
  size_t bytes = sizeof(instance) + component->type->self_size;
  instance *twin = rnn_malloc(bytes);
  if (twin == NULL) {
    rnn_fail(cx, RNN_NO_MEMORY, "%s: not enough memory", component->type->name);
    return NULL;
  }
  memcpy(twin, instance_of(component), bytes);
  twin->component.self = twin->self;
  int arg = rnn_arg_index(component->type, argument);
  if (arg >= 0 && component->type->args[arg].type == RNN_ARG_BOOLEAN)
    *(bool *)rnn_field(&twin->component, arg) = value;
  return &twin->component;
}

void rnn_component_retain(const rnn_component *component) {
  if (component) instance_of(component)->references++;
}

static void free_field(const rnn_component *component, int arg) {
  void *field = rnn_field(component, arg);
  switch (component->type->args[arg].type) {
    case RNN_ARG_STRING: rnn_free(*(char **)field); break;
    case RNN_ARG_COMPONENT: rnn_component_release(*(const rnn_component **)field); break;
    case RNN_ARG_RATE: rnn_component_release(((rnn_rate *)field)->schedule); break;
    case RNN_ARG_NUMBERS: rnn_free((double *)((rnn_numbers *)field)->values); break;
    case RNN_ARG_COMPONENTS: rnn_release_list(field); break;
    default: break;
  }
}

void rnn_component_release(const rnn_component *component) {
  if (component == NULL || --instance_of(component)->references > 0) return;
  const rnn_type *type = component->type;
  if (instance_of(component)->finished && type->release) type->release(component->self);
  for (int i = 0; i < type->arg_count; i++) free_field(component, i);
  rnn_component_release(instance_of(component)->common);
  rnn_free(instance_of(component));
}

const rnn_component *rnn_component_argument(const rnn_component *component, const char *name) {
  int arg = rnn_arg_index(component->type, name);
  if (arg < 0 || component->type->args[arg].type != RNN_ARG_COMPONENT) return NULL;
  return *(const rnn_component **)rnn_field(component, arg);
}
