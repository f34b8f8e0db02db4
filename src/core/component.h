/* component.h - instances of registered types, made from declared arguments */
#ifndef RNN_COMPONENT_H
#define RNN_COMPONENT_H

#include "rnnlua.h"

/* A new instance with every field unset (all bytes 0), to be filled argument by argument, then finished.
** Counted: starts with one reference. NULL: fail was called. */
rnn_component *rnn_component_new(rnn_context *cx, const rnn_type *type);

/* The component whose self this is: functions of a vtable get self alone, and find their type in this way. */
const rnn_component *rnn_component_of(const void *self);

/* The index of a declared argument; -1 if the type has none by that name. */
int rnn_arg_index(const rnn_type *type, const char *name);

/* whether one of the functions below has given this argument a value */
bool rnn_is_set(const rnn_component *component, int arg);

/* Each sets one argument after checking its range; they fail with
** "Dense: argument 'units' must be in [1, inf), got 0". A component is retained, a string copied. */
rnn_status rnn_set_integer(rnn_context *cx, rnn_component *component, int arg, int64_t value);
rnn_status rnn_set_number(rnn_context *cx, rnn_component *component, int arg, double value);
rnn_status rnn_set_boolean(rnn_context *cx, rnn_component *component, int arg, bool value);
rnn_status rnn_set_string(rnn_context *cx, rnn_component *component, int arg, const char *value);
rnn_status rnn_set_shape(rnn_context *cx, rnn_component *component, int arg, const rnn_shape *value);
rnn_status rnn_set_numbers(rnn_context *cx, rnn_component *component, int arg, int64_t count,
                           const double *values); /* copied */
rnn_status rnn_set_component(rnn_context *cx, rnn_component *component, int arg,
                             const rnn_component *value);
rnn_status rnn_set_components(rnn_context *cx, rnn_component *component, int arg,
                              const rnn_components *value); /* the list is copied, its components retained */
/* for arguments whose default is nil; others fail */
rnn_status rnn_set_nil(rnn_context *cx, rnn_component *component, int arg);

/* Fails with "Dense: argument 'units' must be an integer, got <got>". */
rnn_status rnn_wrong_type(rnn_context *cx, const rnn_component *component, int arg,
                          const char *got);

/* Gives every argument not set its default (a required one fails: "Dense: argument 'units' is
** required"), then runs the type's check. */
rnn_status rnn_component_finish(rnn_context *cx, rnn_component *component);

/* All of it with default arguments, by name or alias. */
rnn_component *rnn_component_create(rnn_context *cx, rnn_kind kind, const char *name);

/* A new, unfinished instance of the same type with the same arguments. NULL: fail was called. */
rnn_component *rnn_component_copy(rnn_context *cx, const rnn_component *component);

/* Keeps with the component what was given of the arguments that its kind has in common (common.h): a copy of `given`,
** whose type declares the same ones. Nothing for a kind that has none. */
rnn_status rnn_component_keep_common(rnn_context *cx, rnn_component *component, const rnn_component *given);

void rnn_component_retain(const rnn_component *component);
void rnn_component_release(const rnn_component *component); /* NULL is fine */

/* the field of an argument */
static inline void *rnn_field(const rnn_component *component, int arg) {
  return (char *)component->self + component->type->args[arg].offset;
}

/* Whether it calls back into Lua, and so must not run off the main thread and may fail at any time: its type says
** so in its flags or, from within check(), with the second function, or one of its arguments is such an
** activation or layer. */
bool rnn_component_calls_lua(const rnn_component *component);
void rnn_component_mark_script(const void *self);

/* The component held by the declared argument of that name; NULL if there is none or it is nil. */
const rnn_component *rnn_component_argument(const rnn_component *component, const char *name);

#endif
