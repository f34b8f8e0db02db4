/* concatenate.c - Concatenate: inputs side by side along one axis (keras/src/layers/merging/concatenate.py) */
#include <string.h>

#include "layers/merging/merging.h"

typedef struct concatenate {
  int64_t axis; /* as scripts count: from 1, -1 is the last */
} concatenate;

static const rnn_arg args[] = {
    {"axis", RNN_ARG_INTEGER, offsetof(concatenate, axis), "-1", NULL, 0,
     "along which inputs are joined: from 2 (1 is the batch), or -1, the last"},
};

static rnn_status check(rnn_context *cx, void *self) {
  int64_t axis = ((const concatenate *)self)->axis;
  if (axis == 1) return rnn_fail(cx, RNN_INVALID, "Concatenate: argument 'axis': 1 is the batch's axis, which can't be joined");
  if (axis == 0)
    return rnn_fail(cx, RNN_INVALID, "Concatenate: argument 'axis' must count from 1 or, backwards, from -1, got 0");
  return RNN_OK;
}

static rnn_status mismatch(rnn_context *cx, int axis, const rnn_shape *a, const rnn_shape *b) {
  char first[RNN_SHAPE_TEXT], second[RNN_SHAPE_TEXT];
  return rnn_fail(cx, RNN_INVALID, "inputs must have the same shape but for axis %d, got %s and %s", axis + 1,
                  cx->host->shape_text(first, a->ndim, a->dim), cx->host->shape_text(second, b->ndim, b->dim));
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  (void)output_count;
  int64_t given = ((const concatenate *)self)->axis;
  rnn_shape joined = inputs[0];
  rnn_try(rnn_merged_batch(cx, input_count, inputs, &joined.dim[0]));
  int axis = rnn_merged_axis(given, joined.ndim);
  if (axis < 1) {
    char text[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "argument 'axis': %lld is %s of inputs of shape %s", (long long)given,
                    axis < 0 ? "no axis" : "the batch's axis",
                    cx->host->shape_text(text, joined.ndim, joined.dim));
  }
  for (int i = 1; i < input_count; i++) {
    const rnn_shape *in = &inputs[i];
    if (in->ndim != joined.ndim) return mismatch(cx, axis, &inputs[0], in);
    for (int k = 1; k < in->ndim; k++) {
      int64_t *extent = &joined.dim[k];
      if (k == axis)
        *extent = *extent == RNN_UNKNOWN || in->dim[k] == RNN_UNKNOWN ? RNN_UNKNOWN : *extent + in->dim[k];
      else if (*extent == RNN_UNKNOWN)
        *extent = in->dim[k];
      else if (in->dim[k] != RNN_UNKNOWN && in->dim[k] != *extent)
        return mismatch(cx, axis, &inputs[0], in);
    }
  }
  *outputs = joined;
  return RNN_OK;
}

/* Copies between an input and its stretch of a tensor of the output's shape; `from` numbers into it. */
static void copy_part(const rnn_call *call, int axis, int input, int64_t from, bool to_output) {
  const rnn_shape *in = &call->inputs[input].shape, *out = &call->outputs->shape;
  int64_t part = rnn_extent(in, axis, in->ndim), whole = rnn_extent(out, axis, out->ndim);
  int64_t blocks = rnn_extent(in, 0, axis);
  for (int64_t b = 0; b < blocks; b++) {
    if (to_output)
      memcpy(call->outputs->data + b * whole + from, call->inputs[input].data + b * part, sizeof(float) * (size_t)part);
    else
      memcpy(call->inputs[input].gradient + b * part, call->outputs->gradient + b * whole + from,
             sizeof(float) * (size_t)part);
  }
}

static void copy_all(const void *self, const rnn_call *call, bool forwards) {
  int axis = rnn_merged_axis(((const concatenate *)self)->axis, call->outputs->shape.ndim);
  int64_t from = 0;
  for (int i = 0; i < call->input_count; i++) {
    const rnn_shape *in = &call->inputs[i].shape;
    if (forwards || call->inputs[i].gradient) copy_part(call, axis, i, from, forwards);
    from += rnn_extent(in, axis, in->ndim);
  }
}

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  copy_all(self, call, true);
  return RNN_OK;
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  copy_all(self, call, false);
  return RNN_OK;
}

/* Masks go side by side along the timesteps, and are joined by "or" along other axes; an input without a mask
** counts as one that masks nothing. */
static rnn_status join_masks(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *mask,
                             bool *any) {
  (void)cx;
  const rnn_shape *out = &call->outputs->shape;
  bool along_time = rnn_merged_axis(((const concatenate *)self)->axis, out->ndim) == 1;
  *any = false;
  for (int i = 0; i < call->input_count; i++) *any |= call->inputs[i].mask != NULL;
  *any = *any && out->ndim >= 3;
  if (!*any) return RNN_OK;
  memset(mask, 0, (size_t)(out->dim[0] * out->dim[1]));
  int64_t from = 0;
  for (int i = 0; i < call->input_count; i++) {
    const rnn_port *in = &call->inputs[i];
    int64_t steps = in->shape.dim[1];
    for (int64_t b = 0; b < out->dim[0]; b++)
      for (int64_t t = 0; t < steps; t++)
        mask[b * out->dim[1] + from + t] |= in->mask ? in->mask[b * steps + t] != 0 : 1;
    if (along_time) from += steps;
  }
  return RNN_OK;
}

const rnn_layer_type rnn_concatenate = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "Concatenate"),
             .doc = "Concatenate: its inputs side by side along one axis. Called on a list of tensors whose\n"
                    "shapes are the same but for that axis.",
             RNN_ARGUMENTS(args, concatenate),
             .positional = 1,
             .check = check},
    .flags = RNN_LAYER_TAKES_MASK,
    .min_inputs = 2,
    .max_inputs = RNN_MAX_PORTS,
    .shapes = shapes,
    .forward = forward,
    .backward = backward,
    .mask = join_masks,
};
