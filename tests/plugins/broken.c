/* broken.c - a plugin that is wrong in the way that the environment variable BROKEN names */
#include <stdlib.h>
#include <string.h>

#include "rnnlua.h"

static rnn_status forward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                          const float *x, float *y) {
  (void)cx, (void)self;
  memmove(y, x, sizeof(float) * (size_t)(rows * columns));
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, int64_t rows, int64_t columns,
                           const float *x, const float *y, const float *dy, float *dx) {
  (void)x, (void)y;
  return forward(cx, self, rows, columns, dy, dx);
}

#define TYPE(NAME, ...) {.size = sizeof(rnn_activation_type), .kind = RNN_ACTIVATION, .name = NAME, __VA_ARGS__}
#define FUNCTIONS .forward = forward, .backward = backward

static const rnn_arg outside[] = {{"far", RNN_ARG_NUMBER, 64, "1", NULL, 0, "outside of self"}};

static const rnn_activation_type good = {.type = TYPE("good", .aliases = "fine well"), FUNCTIONS};
static const rnn_activation_type again = {.type = TYPE("good", .doc = "the same name"), FUNCTIONS};
static const rnn_activation_type taken = {.type = TYPE("new", .aliases = "other swish"), FUNCTIONS};
static const rnn_activation_type own_alias = {.type = TYPE("well", .doc = "an alias of good"), FUNCTIONS};
static const rnn_activation_type incomplete = {.type = TYPE("half", .doc = "no backward"), .forward = forward};
static const rnn_activation_type stray = {
    .type = TYPE("stray", .args = outside, .arg_count = 1, .self_size = 8), FUNCTIONS};
static const rnn_type small = {.size = sizeof(rnn_type), .kind = RNN_ACTIVATION, .name = "small"};

static const rnn_type head = {.size = 4, .kind = RNN_ACTIVATION, .name = "head"};
static const rnn_activation_type nameless = {.type = {.size = sizeof(rnn_activation_type), .kind = RNN_ACTIVATION}, FUNCTIONS};
static const rnn_arg unbounded[] = {{"far", RNN_ARG_NUMBER, 0, "1", "[0", 0, "a range without an end"}};
static const rnn_activation_type ranged = {
    .type = TYPE("stray", .args = unbounded, .arg_count = 1, .self_size = 8), FUNCTIONS};

/* arguments of which the last one is wrong */
#define ARGUMENTS(NAME, ...)                                             \
  static const rnn_arg NAME##_args[] = {__VA_ARGS__};                    \
  static const rnn_activation_type NAME = {                              \
      .type = TYPE("stray", .args = NAME##_args, .self_size = 32,        \
                   .arg_count = sizeof NAME##_args / sizeof *NAME##_args), FUNCTIONS};
#define ONE(NAME, ...) ARGUMENTS(NAME, {"far", __VA_ARGS__, 0, "wrong"})
ARGUMENTS(twice, {"far", RNN_ARG_NUMBER, 0, "1", NULL, 0, ""}, {"far", RNN_ARG_NUMBER, 8, "1", NULL, 0, ""})
ARGUMENTS(over, {"near", RNN_ARG_NUMBER, 8, "1", NULL, 0, ""}, {"far", RNN_ARG_BOOLEAN, 15, "true", NULL, 0, ""})
ARGUMENTS(common, {"get_config", RNN_ARG_NUMBER, 0, "1", NULL, 0, ""})
ONE(crooked, RNN_ARG_NUMBER, 4, "1", NULL)
ONE(word, RNN_ARG_INTEGER, 0, "x", NULL)
ONE(half_one, RNN_ARG_INTEGER, 0, "1.5", NULL)
ONE(one, RNN_ARG_NUMBER, 0, "one", NULL)
ONE(maybe, RNN_ARG_BOOLEAN, 0, "maybe", NULL)
ONE(no_rate, RNN_ARG_RATE, 0, "nil", NULL)
ONE(large, RNN_ARG_INTEGER, 0, "7", "[0, 5]")
ONE(choice, RNN_ARG_STRING, 0, "left", "valid|same")

static rnn_status update(rnn_context *cx, const void *self, const rnn_update *u) {
  (void)cx, (void)self, (void)u;
  return RNN_OK;
}

static const rnn_optimizer_type rateless = {
    .type = {.size = sizeof(rnn_optimizer_type), .kind = RNN_OPTIMIZER, .name = "Rateless"}, .update = update};

/* a function that would change a mask */
static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)cx, (void)self, (void)input_count, (void)output_count;
  *outputs = *inputs;
  return RNN_OK;
}

static rnn_status pass(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self, (void)call;
  return RNN_OK;
}

static rnn_status mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *to, bool *any) {
  (void)cx, (void)self, (void)call, (void)to;
  *any = false;
  return RNN_OK;
}

static const rnn_function_type masked = {
    .type = {.size = sizeof(rnn_layer_type), .kind = RNN_FUNCTION, .name = "masked"},
    .shapes = shapes, .forward = pass, .backward = pass, .mask = mask};

static const rnn_layer_type greedy = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Greedy")}, .max_inputs = RNN_MAX_PORTS + 1,
    .shapes = shapes, .forward = pass, .backward = pass};
static const rnn_layer_type crossed = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Crossed")}, .min_inputs = 3, .max_inputs = 2,
    .shapes = shapes, .forward = pass, .backward = pass};
static const rnn_arg trainable[] = {{"trainable", RNN_ARG_BOOLEAN, 0, "true", NULL, 0, "as every layer has it"}};
static const rnn_layer_type shadowing = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Shadowing"), .args = trainable, .arg_count = 1, .self_size = 8},
    .shapes = shapes, .forward = pass, .backward = pass};

static rnn_status init(rnn_context *cx, rnn_registration *registration) {
  static const struct {
    const char *how;
    const rnn_type *type;
  } ways[] = {{"again", &again.type}, {"alias", &taken.type},     {"own_alias", &own_alias.type},
              {"slot", &incomplete.type}, {"argument", &stray.type}, {"size", &small},       {"function", &masked.type},
              {"head", &head},            {"nameless", &nameless.type}, {"range", &ranged.type}, {"null", NULL},
              {"rate", &rateless.type},   {"twice", &twice.type},    {"over", &over.type},       {"common", &common.type},
              {"crooked", &crooked.type}, {"word", &word.type},      {"half_one", &half_one.type}, {"one", &one.type},
              {"maybe", &maybe.type},     {"no_rate", &no_rate.type}, {"large", &large.type},    {"choice", &choice.type},
              {"greedy", &greedy.type},   {"crossed", &crossed.type}, {"shadowing", &shadowing.type}};
  const char *broken = getenv("BROKEN");
  rnn_try(rnn_register(cx, registration, &good.type));
  for (size_t i = 0; broken && i < sizeof ways / sizeof ways[0]; i++)
    if (strcmp(ways[i].how, broken) == 0) rnn_try(rnn_register(cx, registration, ways[i].type));
  return RNN_OK;
}

extern RNN_PLUGIN_SYMBOL(broken);
RNN_PLUGIN_SYMBOL(broken) = {sizeof(rnn_plugin), RNN_ABI_MAJOR, RNN_ABI_MINOR, sizeof(void *), "broken", "1.0",
                             NULL, "activations losses", init};
