/* failing.c - a plugin whose init fails after three registrations */
#include <string.h>

#include "rnnlua.h"

static rnn_status copy(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *x, float *y) {
  (void)cx, (void)self;
  memmove(y, x, sizeof(float) * (size_t)(rows * columns));
  return RNN_OK;
}

static rnn_status copy_back(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *x,
                            const float *y, const float *dy, float *dx) {
  (void)x, (void)y;
  return copy(cx, self, rows, columns, dy, dx);
}

#define COPY(NAME) {.type = {RNN_TYPE(rnn_activation_type, RNN_ACTIVATION, NAME)}, .forward = copy, .backward = copy_back}
static const rnn_activation_type parts[] = {COPY("failing_1"), COPY("failing_2"), COPY("failing_3")};

static rnn_status init(rnn_context *cx, rnn_registration *registration) {
  for (int i = 0; i < 3; i++) rnn_try(rnn_register(cx, registration, &parts[i].type));
  return rnn_fail(cx, RNN_UNAVAILABLE, "no device of the kind that this needs");
}

extern RNN_PLUGIN_SYMBOL(failing);
RNN_PLUGIN_SYMBOL(failing) = {sizeof(rnn_plugin), RNN_ABI_MAJOR, RNN_ABI_MINOR, sizeof(void *), "failing", NULL, NULL,
                              NULL, init};
