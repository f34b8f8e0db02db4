/* data.c - checks that data fits a model, and takes batches out of it */
#include "model/data.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/host.h"
#include "core/tensor.h"

#define LOOK (1 << 20) /* numbers copied between two looks for Ctrl-C */

/* ---- checks ------------------------------------------------------------------------------------- */

/* "x", or "x: input 2" where there are several */
static const char *input_title(char text[32], const rnn_graph *g, int input) {
  snprintf(text, 32, g->input_count > 1 ? "x: input %d" : "x", input + 1);
  return text;
}

static rnn_status check_input(rnn_context *cx, const rnn_graph *g, int input, const rnn_shape *got) {
  const rnn_shape *expected = &g->shapes[input];
  bool fits = got->ndim == expected->ndim;
  for (int i = 1; fits && i < got->ndim; i++)
    fits = expected->dim[i] == RNN_UNKNOWN || expected->dim[i] == got->dim[i];
  if (fits) return RNN_OK;
  char a[RNN_SHAPE_TEXT], b[RNN_SHAPE_TEXT], title[32];
  return rnn_fail(cx, RNN_INVALID, "%s: expected shape %s, got %s", input_title(title, g, input),
                  rnn_shape_text(a, expected->ndim, expected->dim),
                  rnn_shape_text(b, got->ndim, got->dim));
}

static rnn_status check_samples(rnn_context *cx, const char *name, const rnn_array *array,
                                int64_t samples) {
  if (array->shape.ndim > 0 && array->shape.dim[0] == samples) return RNN_OK;
  char text[RNN_SHAPE_TEXT];
  return rnn_fail(cx, RNN_INVALID, "%s: expected %lld samples as in x, got shape %s", name,
                  (long long)samples, rnn_shape_text(text, array->shape.ndim, array->shape.dim));
}

/* Layers are asked first, since their messages say what an axis means. */
rnn_status rnn_check_inputs(rnn_context *cx, const rnn_graph *g, int count, const rnn_array *x) {
  if (count != g->input_count)
    return rnn_fail(cx, RNN_INVALID, "x: expected %d inputs, got %d", g->input_count, count);
  char title[32];
  for (int n = 0; n < g->node_count; n++) {
    const rnn_node *node = &g->nodes[n];
    rnn_shape in[RNN_MAX_PORTS], out[RNN_MAX_PORTS];
    int outputs;
    bool at_edge = true;
    for (int i = 0; i < node->input_count; i++) {
      at_edge &= node->inputs[i] < g->input_count;
      if (at_edge) in[i] = x[node->inputs[i]].shape;
    }
    if (at_edge)
      rnn_try(rnn_layer_shapes(cx, node->layer, node->input_count, in, &outputs, out));
  }
  for (int i = 0; i < count; i++) rnn_try(check_input(cx, g, i, &x[i].shape));
  for (int i = 0; i < count; i++)
    rnn_try(check_samples(cx, input_title(title, g, i), &x[i], x[0].shape.dim[0]));
  for (int i = 0; i < count; i++) {
    char text[RNN_SHAPE_TEXT];
    if (rnn_size(&x[i].shape) == 0)
      return rnn_fail(cx, RNN_INVALID, "%s: expected at least one number, got shape %s",
                      input_title(title, g, i), rnn_shape_text(text, x[i].shape.ndim, x[i].shape.dim));
  }
  return RNN_OK;
}

rnn_status rnn_check_lengths(rnn_context *cx, int count, const rnn_array *x, const rnn_array *lengths) {
  for (int i = 0; i < count; i++) {
    if (lengths[i].data == NULL) continue;
    if (x[i].shape.ndim < 2) return rnn_fail(cx, RNN_INVALID, "lengths: x has no timesteps");
    rnn_try(check_samples(cx, "lengths", &lengths[i], x[i].shape.dim[0]));
    int64_t steps = x[i].shape.dim[1];
    for (int64_t r = 0; r < x[i].shape.dim[0]; r++) {
      float length = lengths[i].data[r];
      if (length >= 0 && length <= (float)steps && length == (float)(int64_t)length) continue;
      return rnn_fail(cx, RNN_INVALID, "lengths: expected integers from 0 to %lld, the timesteps of x, got %g in row %lld",
                      (long long)steps, length == length ? (double)length : NAN, (long long)r + 1);
    }
  }
  return RNN_OK;
}

/* y may have the prediction's shape, or lack or have in excess a last axis of 1; class numbers have all
** axes but the last */
static bool fits_target(const rnn_shape *y, const rnn_shape *prediction, bool index) {
  rnn_shape wanted = *prediction;
  if (index) wanted.ndim--;
  int64_t trailing = 1;
  for (int i = wanted.ndim; i < y->ndim; i++) trailing *= y->dim[i];
  for (int i = y->ndim; i < wanted.ndim; i++) trailing *= wanted.dim[i];
  if (trailing != 1 || y->ndim > wanted.ndim + 1 || y->ndim < wanted.ndim - 1) return false;
  for (int i = 0; i < y->ndim && i < wanted.ndim; i++)
    if (y->dim[i] != wanted.dim[i]) return false;
  return true;
}

static rnn_status check_target(rnn_context *cx, const rnn_component *judge, const rnn_shape *y,
                               const rnn_shape *prediction) {
  bool index = rnn_needs_index(judge);
  if (fits_target(y, prediction, index)) return RNN_OK;
  char a[RNN_SHAPE_TEXT], b[RNN_SHAPE_TEXT];
  return rnn_fail(cx, RNN_INVALID, "y: %s expected %sshape %s, got %s", judge->type->name,
                  index ? "class numbers of " : "",
                  rnn_shape_text(a, index ? prediction->ndim - 1 : prediction->ndim, prediction->dim),
                  rnn_shape_text(b, y->ndim, y->dim));
}

static rnn_status check_weights(rnn_context *cx, const rnn_array *weights,
                                const rnn_shape *prediction) {
  rnn_try(check_samples(cx, "sample_weight", weights, prediction->dim[0]));
  int64_t size = rnn_size(&weights->shape);
  if (size == prediction->dim[0] || size == rnn_rows(prediction)) return RNN_OK;
  char samples[RNN_SHAPE_TEXT], rows[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT];
  rnn_shape_text(samples, 1, prediction->dim);
  rnn_shape_text(rows, prediction->ndim - 1, prediction->dim);
  bool one_way = prediction->ndim == 2;
  return rnn_fail(cx, RNN_INVALID, "sample_weight: expected shape %s%s%s, got %s", samples,
                  one_way ? "" : " or ", one_way ? "" : rows,
                  rnn_shape_text(got, weights->shape.ndim, weights->shape.dim));
}

static rnn_status check_output(rnn_context *cx, const rnn_goal *goal, const rnn_data *data, int o,
                               const rnn_shape *prediction) {
  if (data->y[o].data == NULL)
    return rnn_fail(cx, RNN_INVALID, "y: expected targets for output %d, got none", o + 1);
  rnn_try(check_samples(cx, "y", &data->y[o], prediction->dim[0]));
  if (goal->loss) rnn_try(check_target(cx, goal->loss, &data->y[o].shape, prediction));
  for (int i = 0; i < goal->meter_count; i++)
    rnn_try(check_target(cx, goal->meters[i].component, &data->y[o].shape, prediction));
  return data->weights[o].data ? check_weights(cx, &data->weights[o], prediction) : RNN_OK;
}

rnn_status rnn_check_data(rnn_context *cx, const rnn_graph *g, const rnn_objective *objective,
                          const rnn_data *data) {
  rnn_try(rnn_check_inputs(cx, g, data->x_count, data->x));
  rnn_try(rnn_check_lengths(cx, data->x_count, data->x, data->lengths));
  if (data->y_count != g->output_count)
    return rnn_fail(cx, RNN_INVALID, "y: expected %d outputs, got %d", g->output_count,
                    data->y_count);
  rnn_shape in[RNN_MAX_PORTS];
  for (int i = 0; i < data->x_count; i++) in[i] = data->x[i].shape;
  rnn_shape *shapes = cx->host->allocate(cx, sizeof *shapes * (size_t)g->tensor_count);
  if (shapes == NULL) return RNN_NO_MEMORY;
  rnn_status status = rnn_graph_shapes(cx, g, in, shapes);
  for (int o = 0; status == RNN_OK && o < g->output_count; o++)
    status = check_output(cx, &objective->goals[o], data, o, &shapes[g->outputs[o]]);
  cx->host->release(shapes);
  return status;
}

/* ---- batches -------------------------------------------------------------------------------------- */

rnn_status rnn_gather(rnn_context *cx, const rnn_array *array, const int64_t *order, int64_t first, int64_t n, float *to) {
  int64_t numbers = rnn_extent(&array->shape, 1, array->shape.ndim);
  size_t bytes = sizeof(float) * (size_t)numbers;
  if (order == NULL) return rnn_move_bytes(cx, to, array->data + first * numbers, bytes * (size_t)n);
  int64_t since = 0; /* numbers since the last look for Ctrl-C */
  for (int64_t i = 0; i < n; i++, to += numbers) {
    memcpy(to, array->data + order[i] * numbers, bytes);
    since += numbers;
    if (since < LOOK) continue;
    if (rnn_context_interrupted(cx)) return RNN_INTERRUPTED;
    since = 0;
  }
  return RNN_OK;
}
