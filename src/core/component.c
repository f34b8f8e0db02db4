/*
** component.c - instances of registered types.
**
** The public rnn_component is the head of a counted struct of the host's, which also knows which
** arguments were set and owns the strings. An instance is immutable once finished, but for an
** optimizer's learning rate.
*/
#include "core/component.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/component_instance.h"
#include "core/component_list.h"
#include "core/context.h"
#include "core/range.h"
#include "core/registry.h"

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
