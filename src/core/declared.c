/* declared.c - whether the arguments that a type declares can be used; start-up asks this of all that is built in */
#include "core/declared.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/descriptor.h"
#include "core/range.h"
#include "core/registry.h"

#define MOST_ARGUMENTS 64 /* a component remembers in 64 bits which of them were set */

static const struct {
  size_t size, alignment;
} fields[] = {
#define FIELD(TYPE) {sizeof(TYPE), _Alignof(TYPE)}
    [RNN_ARG_INTEGER] = FIELD(int64_t), [RNN_ARG_NUMBER] = FIELD(double),
    [RNN_ARG_BOOLEAN] = FIELD(bool),    [RNN_ARG_STRING] = FIELD(char *),
    [RNN_ARG_SHAPE] = FIELD(rnn_shape), [RNN_ARG_COMPONENT] = FIELD(rnn_component *),
    [RNN_ARG_RATE] = FIELD(rnn_rate),   [RNN_ARG_NUMBERS] = FIELD(rnn_numbers),
    [RNN_ARG_COMPONENTS] = FIELD(rnn_components)};

static rnn_status refuse(rnn_context *cx, const char *plugin, const rnn_type *type, const char *name, const char *why) {
  return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': argument '%.70s' %s", plugin, rnn_kind_name(type->kind),
                  type->name, name ? name : "NULL", why);
}

/* ---- name and place: what is wrong with them, or NULL -------------------------------------------------------- */

/* whether a range is written as an interval: "[0, 1)" */
static bool is_interval(const char *range) {
  size_t length = strlen(range);
  const char *comma = strchr(range, ',');
  return length >= 5 && strchr("[(", range[0]) && comma && strchr("])", range[length - 1]);
}

static const char *fault_of_form(const rnn_arg *arg) {
  bool component =
      arg->type == RNN_ARG_COMPONENT || arg->type == RNN_ARG_COMPONENTS || arg->type == RNN_ARG_RATE;
  bool good = arg->name && rnn_is_identifier(arg->name) && arg->type <= RNN_ARG_COMPONENTS &&
              !(component && (unsigned)arg->kind >= RNN_KIND_COUNT) &&
              !(arg->range && arg->type != RNN_ARG_STRING && !is_interval(arg->range));
  return good ? NULL : "is not declared well: its name, type, range or kind";
}

static const char *fault_of_place(const rnn_type *type, const rnn_arg *arg) {
  size_t size = fields[arg->type].size;
  if (size > type->self_size || arg->offset > type->self_size - size) return "lies outside of its struct";
  return arg->offset % fields[arg->type].alignment ? "lies where a field of its type cannot" : NULL;
}

/* Names that scripts find at every object of the kind. An argument input_dim hides the layers' own, as Embedding's. */
static bool is_common(rnn_kind kind, const char *name) {
  static const char *const all[] = {"name", "kind", "class_name", "get_config"};
  static const char *const layers[] = {"trainable", "input_shape", "dtype", "weights", "built", "add_weight"};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (name[0] == all[i][0] && strcmp(name, all[i]) == 0) return true;
  for (size_t i = 0; kind == RNN_LAYER && i < sizeof layers / sizeof *layers; i++)
    if (name[0] == layers[i][0] && strcmp(name, layers[i]) == 0) return true;
  return false;
}

/* against the arguments in front of it */
static const char *fault_beside_others(const rnn_type *type, const rnn_arg *arg) {
  size_t end = arg->offset + fields[arg->type].size;
  for (const rnn_arg *other = type->args; other < arg; other++) {
    if (other->name[0] == arg->name[0] && strcmp(other->name, arg->name) == 0) return "is declared twice";
    if (arg->offset < other->offset + fields[other->type].size && other->offset < end)
      return "lies on the bytes of another";
  }
  if (type->kind != RNN_FUNCTION && is_common(type->kind, arg->name)) return "is one that every object of the kind has";
  return NULL;
}

/* ---- defaults ------------------------------------------------------------------------------------------------ */

/* what a default is not, as "no integer"; NULL: it reads as the argument's type and lies in its range */
static const char *fault_of_default(const rnn_arg *arg) {
  const char *text = arg->fallback;
  char *end = NULL;
  if (text == NULL) return NULL;
  bool nil = strcmp(text, "nil") == 0;
  if (arg->type == RNN_ARG_BOOLEAN) return strcmp(text, "true") && strcmp(text, "false") ? "no boolean" : NULL;
  if (arg->type == RNN_ARG_RATE && nil) return "no number";
  if (nil || arg->type == RNN_ARG_COMPONENT) return NULL;
  if (arg->type == RNN_ARG_SHAPE) return "no shape that can be declared";
  if (arg->type == RNN_ARG_COMPONENTS) return "no list that can be declared";
  if (arg->type == RNN_ARG_STRING)
    return arg->range && !rnn_in_choices(text, arg->range) ? "outside of its range" : NULL;
  bool whole = arg->type == RNN_ARG_INTEGER;
  double value = whole ? (double)strtoll(text, &end, 10) : strtod(text, &end);
  if (end == text || *end) return whole ? "no integer" : "no number";
  return arg->range && !rnn_in_interval(value, arg->range) ? "outside of its range" : NULL;
}

static rnn_status check_argument(rnn_context *cx, const char *plugin, const rnn_type *type, const rnn_arg *arg) {
  const char *fault = fault_of_form(arg);
  if (fault == NULL) fault = fault_of_place(type, arg);
  if (fault == NULL) fault = fault_beside_others(type, arg);
  if (fault) return refuse(cx, plugin, type, arg->name, fault);
  fault = fault_of_default(arg);
  if (fault == NULL) return RNN_OK;
  char why[160];
  snprintf(why, sizeof why, "has the default '%.70s', which is %s", arg->fallback, fault);
  return refuse(cx, plugin, type, arg->name, why);
}

/* ---- all of them ------------------------------------------------------------------------------------------------- */

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

rnn_status rnn_check_declared(rnn_context *cx, const char *plugin, const rnn_type *type) {
  const char *kind = rnn_kind_name(type->kind);
  if (type->arg_count > MOST_ARGUMENTS)
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s' declares %d arguments, at most %d allowed", plugin, kind,
                    type->name, type->arg_count, MOST_ARGUMENTS);
  if (type->arg_count < 0 || (type->arg_count > 0 && type->args == NULL) || type->positional > type->arg_count)
    return rnn_fail(cx, RNN_INVALID, "plugin %s: %s '%s': args, arg_count and positional contradict each other", plugin,
                    kind, type->name);
  for (int i = 0; i < type->arg_count; i++) rnn_try(check_argument(cx, plugin, type, &type->args[i]));
  if (type->kind == RNN_OPTIMIZER && missing_common(type))
    return rnn_fail(cx, RNN_INVALID, "plugin %s: optimizer '%s': argument '%s' is missing: its self begins with "
                    "rnn_optimizer_common, its arguments have RNN_OPTIMIZER_RATE_ARG and RNN_OPTIMIZER_ARGS",
                    plugin, type->name, missing_common(type));
  return RNN_OK;
}
