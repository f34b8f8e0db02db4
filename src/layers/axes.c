/* axes.c - the argument `axis`, and arrays as rows along some of their axes */
#include "layers/axes.h"

#include <math.h>

/* the axis from 0 that a script's number stands for; -1: none */
static int position(double axis, int ndim) {
  double p = axis < 0 ? axis + ndim : axis - 1;
  return axis != 0 && p == floor(p) && p >= 0 && p < ndim ? (int)p : -1;
}

rnn_status rnn_check_axes(rnn_context *cx, const char *layer, const char *argument, const rnn_numbers *axes) {
  for (int64_t i = 0; i < axes->count; i++)
    if (axes->values[i] != floor(axes->values[i]) || axes->values[i] == 0)
      return rnn_fail(cx, RNN_INVALID, "%s: argument '%s': axes are whole numbers that count from 1, -1 is the last, "
                      "got %.14g", layer, argument, axes->values[i]);
  return RNN_OK;
}

rnn_status rnn_read_axes(rnn_context *cx, const char *argument, const rnn_numbers *axes,
                         const rnn_shape *shape, bool *along) {
  char text[RNN_SHAPE_TEXT];
  cx->host->shape_text(text, shape->ndim, shape->dim);
  for (int i = 0; i < shape->ndim; i++) along[i] = false;
  for (int64_t i = 0; i < axes->count; i++) {
    double axis = axes->values[i];
    int p = position(axis, shape->ndim);
    if (p < 0)
      return rnn_fail(cx, RNN_INVALID, "argument '%s': %.14g is no axis of an input of shape %s; they count "
                      "from 1, -1 is the last", argument, axis, text);
    if (p == 0)
      return rnn_fail(cx, RNN_INVALID, "argument '%s': axis %.14g of an input of shape %s is the batch's",
                      argument, axis, text);
    if (along[p])
      return rnn_fail(cx, RNN_INVALID, "argument '%s': axis %d is named twice", argument, p + 1);
    along[p] = true;
  }
  if (axes->count == 0) return rnn_fail(cx, RNN_INVALID, "argument '%s' must name an axis, got none", argument);
  return RNN_OK;
}

static void mark(const rnn_numbers *axes, const rnn_shape *shape, bool *along) {
  for (int i = 0; i < shape->ndim; i++) along[i] = false;
  for (int64_t i = 0; i < axes->count; i++) along[position(axes->values[i], shape->ndim)] = true;
}

rnn_lanes rnn_lanes_along(const rnn_numbers *axes, const rnn_shape *shape) {
  bool along[RNN_MAX_DIMS];
  mark(axes, shape, along);
  rnn_lanes lanes = {.rows = 1, .length = 1, .direct = true, .shape = *shape};
  for (int i = shape->ndim - 1; i >= 0; i--) {
    if (!along[i]) continue;
    lanes.stride[i] = lanes.length;
    lanes.length *= shape->dim[i];
  }
  bool outside = false;
  for (int i = shape->ndim - 1; i >= 0; i--) {
    outside |= !along[i];
    if (along[i] && outside) lanes.direct = false;
    if (along[i]) continue;
    lanes.stride[i] = lanes.rows * lanes.length;
    lanes.rows *= shape->dim[i];
  }
  return lanes;
}

rnn_shape rnn_lanes_extents(const rnn_numbers *axes, const rnn_shape *shape) {
  bool along[RNN_MAX_DIMS];
  mark(axes, shape, along);
  rnn_shape extents = {.ndim = 0};
  for (int i = 0; i < shape->ndim; i++)
    if (along[i]) extents.dim[extents.ndim++] = shape->dim[i];
  return extents;
}

/* Copies between an array (x) and its rows: x -> rows, or back. */
static void move(const rnn_lanes *lanes, const float *from, float *to, bool to_rows) {
  const rnn_shape *shape = &lanes->shape;
  int last = shape->ndim - 1;
  int64_t outer = rnn_rows(shape), inner = rnn_columns(shape), step = lanes->stride[last];
  for (int64_t o = 0; o < outer; o++) {
    int64_t at = 0, rest = o;
    for (int i = last - 1; i >= 0; i--) {
      at += rest % shape->dim[i] * lanes->stride[i];
      rest /= shape->dim[i];
    }
    if (to_rows)
      for (int64_t k = 0; k < inner; k++) to[at + k * step] = from[o * inner + k];
    else
      for (int64_t k = 0; k < inner; k++) to[o * inner + k] = from[at + k * step];
  }
}

const float *rnn_lanes_of(const rnn_lanes *lanes, const float *x, float *room) {
  if (lanes->direct) return x;
  move(lanes, x, room, true);
  return room;
}

float *rnn_lanes_for(const rnn_lanes *lanes, float *y, float *room) { return lanes->direct ? y : room; }

void rnn_lanes_done(const rnn_lanes *lanes, const float *rows, float *y) {
  if (!lanes->direct) move(lanes, rows, y, false);
}

int64_t rnn_lanes_room(const rnn_lanes *lanes, int arrays) {
  return lanes->direct ? 0 : arrays * lanes->rows * lanes->length;
}
