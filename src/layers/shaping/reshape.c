/* reshape.c - Reshape, Permute, RepeatVector (keras/src/layers/reshaping) */
#include <string.h>

#include "layers/shaping/shaping.h"

/* ---- Reshape ---------------------------------------------------------------------------------------- */

typedef struct reshape {
  rnn_shape target_shape;
} reshape;

static const rnn_arg reshape_args[] = {
    {"target_shape", RNN_ARG_SHAPE, offsetof(reshape, target_shape), NULL, NULL, 0,
     "of a sample; one extent may be -1: what is left"},
};

static rnn_status check_reshape(rnn_context *cx, void *self) {
  const rnn_shape *target = &((const reshape *)self)->target_shape;
  int open = 0;
  if (target->ndim >= RNN_MAX_DIMS)
    return rnn_fail(cx, RNN_INVALID, "Reshape: argument 'target_shape' has %d extents, at most %d are supported",
                    target->ndim, RNN_MAX_DIMS - 1);
  for (int i = 0; i < target->ndim; i++) {
    open += target->dim[i] == RNN_UNKNOWN;
    if (target->dim[i] < 1 && target->dim[i] != RNN_UNKNOWN)
      return rnn_fail(cx, RNN_INVALID, "Reshape: argument 'target_shape': extent %d must be positive or -1, got %lld",
                      i + 1, (long long)target->dim[i]);
  }
  if (open > 1)
    return rnn_fail(cx, RNN_INVALID, "Reshape: argument 'target_shape': one extent may be -1, got %d", open);
  return RNN_OK;
}

/* the product of extents behind the batch; RNN_UNKNOWN where one of them is */
static int64_t sample_size(const rnn_shape *shape, int first) {
  for (int i = first; i < shape->ndim; i++)
    if (shape->dim[i] == RNN_UNKNOWN) return RNN_UNKNOWN;
  return rnn_extent(shape, first, shape->ndim);
}

static rnn_status reshape_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                 int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const rnn_shape *target = &((const reshape *)self)->target_shape;
  int64_t size = sample_size(inputs, 1), known = 1;
  int open = -1;
  rnn_shape out = {target->ndim + 1, {inputs->dim[0]}};
  for (int i = 0; i < target->ndim; i++) {
    out.dim[i + 1] = target->dim[i];
    if (target->dim[i] == RNN_UNKNOWN)
      open = i + 1;
    else
      known *= target->dim[i];
  }
  bool fits = size == RNN_UNKNOWN || (open < 0 ? size == known : size % known == 0);
  if (!fits) {
    char from[RNN_SHAPE_TEXT], to[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "cannot reshape an input of shape %s to samples of shape %s",
                    cx->host->shape_text(from, inputs->ndim, inputs->dim),
                    cx->host->shape_text(to, target->ndim, target->dim));
  }
  if (open > 0 && size != RNN_UNKNOWN) out.dim[open] = size / known;
  *outputs = out;
  return RNN_OK;
}

static rnn_status copy_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  memcpy(call->outputs->data, call->inputs->data, sizeof(float) * (size_t)rnn_size(&call->inputs->shape));
  return RNN_OK;
}

static rnn_status copy_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  if (call->inputs->gradient)
    memcpy(call->inputs->gradient, call->outputs->gradient, sizeof(float) * (size_t)rnn_size(&call->inputs->shape));
  return RNN_OK;
}

const rnn_layer_type rnn_reshape = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Reshape"),
             .doc = "Reshape: samples of another shape with as many numbers, in the same order.",
             RNN_ARGUMENTS(reshape_args, reshape),
             .positional = 1,
             .check = check_reshape},
    .shapes = reshape_shapes,
    .forward = copy_forward,
    .backward = copy_backward,
};

/* ---- Permute ------------------------------------------------------------------------------------------- */

typedef struct permute {
  rnn_shape dims;
} permute;

static const rnn_arg permute_args[] = {
    {"dims", RNN_ARG_SHAPE, offsetof(permute, dims), NULL, NULL, 0,
     "axes of a sample, from 1, in their new order: {2, 1} swaps the first two behind the batch"},
};

static rnn_status check_permute(rnn_context *cx, void *self) {
  const rnn_shape *dims = &((const permute *)self)->dims;
  unsigned seen = 0;
  for (int i = 0; i < dims->ndim; i++)
    if (dims->dim[i] >= 1 && dims->dim[i] <= dims->ndim) seen |= 1u << (dims->dim[i] - 1);
  if (dims->ndim >= RNN_MAX_DIMS || seen + 1 != 1u << dims->ndim) {
    char text[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "Permute: argument 'dims' must hold each of 1 to %d once, got %s", dims->ndim,
                    cx->host->shape_text(text, dims->ndim, dims->dim));
  }
  return RNN_OK;
}

static rnn_status permute_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                 int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  const rnn_shape *dims = &((const permute *)self)->dims;
  if (inputs->ndim != dims->ndim + 1) {
    char text[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "expected %d axes behind the batch, got shape %s", dims->ndim,
                    cx->host->shape_text(text, inputs->ndim, inputs->dim));
  }
  rnn_shape out = *inputs;
  for (int i = 0; i < dims->ndim; i++) out.dim[i + 1] = inputs->dim[dims->dim[i]];
  *outputs = out;
  return RNN_OK;
}

/* to[k] = from[…] for k over the output's elements in order, or the other way round */
static void move(const permute *p, const rnn_call *call, const float *from, float *to, bool forwards) {
  const rnn_shape *in = &call->inputs->shape, *out = &call->outputs->shape;
  int64_t stride[RNN_MAX_DIMS], index[RNN_MAX_DIMS] = {0}, at = 0, n = rnn_size(out);
  for (int i = 0; i < out->ndim; i++) {
    int axis = i == 0 ? 0 : (int)p->dims.dim[i - 1];
    stride[i] = rnn_extent(in, axis + 1, in->ndim);
  }
  for (int64_t k = 0; k < n; k++) {
    if (forwards)
      to[k] = from[at];
    else
      to[at] = from[k];
    for (int i = out->ndim - 1; i >= 0; i--) {
      at += stride[i];
      if (++index[i] < out->dim[i]) break;
      at -= stride[i] * out->dim[i];
      index[i] = 0;
    }
  }
}

static rnn_status permute_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  move(self, call, call->inputs->data, call->outputs->data, true);
  return RNN_OK;
}

static rnn_status permute_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  if (call->inputs->gradient) move(self, call, call->outputs->gradient, call->inputs->gradient, false);
  return RNN_OK;
}

const rnn_layer_type rnn_permute = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Permute"),
             .doc = "Permute: a sample's axes in another order.",
             RNN_ARGUMENTS(permute_args, permute),
             .positional = 1,
             .check = check_permute},
    .shapes = permute_shapes,
    .forward = permute_forward,
    .backward = permute_backward,
};

/* ---- RepeatVector ---------------------------------------------------------------------------------------- */

typedef struct repeat_vector {
  int64_t n;
} repeat_vector;

static const rnn_arg repeat_args[] = {
    {"n", RNN_ARG_INTEGER, offsetof(repeat_vector, n), NULL, "[1, inf)", 0, "how many times"},
};

static rnn_status repeat_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  if (inputs->ndim != 2) {
    char text[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "expected (batch, features), got %s",
                    cx->host->shape_text(text, inputs->ndim, inputs->dim));
  }
  *outputs = (rnn_shape){3, {inputs->dim[0], ((const repeat_vector *)self)->n, inputs->dim[1]}};
  return RNN_OK;
}

static rnn_status repeat_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  const rnn_shape *out = &call->outputs->shape;
  for (int64_t b = 0; b < out->dim[0]; b++)
    rnn_fill_rows(out->dim[1], out->dim[2], call->inputs->data + b * out->dim[2],
                  call->outputs->data + b * out->dim[1] * out->dim[2]);
  return RNN_OK;
}

static rnn_status repeat_backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx, (void)self;
  const rnn_shape *out = &call->outputs->shape;
  float *dx = call->inputs->gradient;
  if (dx == NULL) return RNN_OK;
  memset(dx, 0, sizeof(float) * (size_t)rnn_size(&call->inputs->shape));
  for (int64_t b = 0; b < out->dim[0]; b++)
    rnn_add_rows(out->dim[1], out->dim[2], call->outputs->gradient + b * out->dim[1] * out->dim[2],
                 dx + b * out->dim[2]);
  return RNN_OK;
}

const rnn_layer_type rnn_repeat_vector = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "RepeatVector"),
             .doc = "RepeatVector: (batch, features) -> (batch, n, features).",
             RNN_ARGUMENTS(repeat_args, repeat_vector),
             .positional = 1},
    .shapes = repeat_shapes,
    .forward = repeat_forward,
    .backward = repeat_backward,
};
