/* constant.c - initializers without chance: Zeros, Ones, Constant, Identity */
#include "initializers/initializers.h"

static rnn_status fill_all(const rnn_shape *shape, float value, float *out) {
  for (int64_t i = 0; i < rnn_size(shape); i++) out[i] = value;
  return RNN_OK;
}

static rnn_status zeros(rnn_context *cx, const void *self, const rnn_shape *shape, uint64_t key,
                        float *out) {
  (void)cx, (void)self, (void)key;
  return fill_all(shape, 0, out);
}

static rnn_status ones(rnn_context *cx, const void *self, const rnn_shape *shape, uint64_t key,
                       float *out) {
  (void)cx, (void)self, (void)key;
  return fill_all(shape, 1, out);
}

const rnn_initializer_type rnn_zeros = {
    .type = {INITIALIZER("Zeros"), .aliases = "zeros zero", .doc = "all 0"}, .fill = zeros};

const rnn_initializer_type rnn_ones = {
    .type = {INITIALIZER("Ones"), .aliases = "ones one", .doc = "all 1"}, .fill = ones};

/* ---- Constant -------------------------------------------------------------------------------- */

typedef struct constant_self {
  double value;
} constant_self;

static const rnn_arg constant_args[] = {
    NUMBER_ARG(constant_self, value, "0", "what every element is set to"),
};

static rnn_status constant(rnn_context *cx, const void *self, const rnn_shape *shape, uint64_t key,
                           float *out) {
  (void)cx, (void)key;
  return fill_all(shape, (float)((const constant_self *)self)->value, out);
}

const rnn_initializer_type rnn_constant = {
    .type = {INITIALIZER("Constant"), .aliases = "constant", .doc = "all the same value",
             RNN_ARGUMENTS(constant_args, constant_self), .positional = 1},
    .fill = constant};

/* ---- Identity -------------------------------------------------------------------------------- */

typedef struct identity_self {
  double gain;
} identity_self;

static const rnn_arg identity_args[] = {
    NUMBER_ARG(identity_self, gain, "1", "what stands on the diagonal"),
};

static rnn_status identity(rnn_context *cx, const void *self, const rnn_shape *shape, uint64_t key,
                           float *out) {
  (void)key;
  if (shape->ndim != 2)
    return rnn_fail(cx, RNN_INVALID, "Identity: expected a shape of 2 axes, got one of %d",
                    shape->ndim);
  fill_all(shape, 0, out);
  for (int64_t i = 0; i < shape->dim[0] && i < shape->dim[1]; i++)
    out[i * shape->dim[1] + i] = (float)((const identity_self *)self)->gain;
  return RNN_OK;
}

const rnn_initializer_type rnn_identity = {
    .type = {INITIALIZER("Identity"), .aliases = "identity IdentityInitializer",
             .doc = "gain on the diagonal, 0 elsewhere; for matrices",
             RNN_ARGUMENTS(identity_args, identity_self), .positional = 1},
    .fill = identity};
