/* trouble.c - where a loss that is not finite comes from */
#include "model/trouble.h"

#include <math.h>
#include <stdio.h>

#define HINT "a smaller learning_rate, or clipnorm = 1 in the optimizer, may help"

/* the first number that is not finite; -1: all are */
static int64_t find(const float *x, int64_t n) {
  for (int64_t i = 0; i < n; i++)
    if (!isfinite(x[i])) return i;
  return -1;
}

static const char *word(double x) { return isnan(x) ? "nan" : x > 0 ? "inf" : "-inf"; }

/* "layer dense_1 (Dense)" */
static const char *title(const rnn_layer *layer, char text[160]) {
  snprintf(text, 160, "layer %.64s (%.64s)", layer->name, layer->component->type->name);
  return text;
}

static int64_t row_of(const rnn_suspect *s, int64_t sample) {
  return s->order ? s->order[sample] : s->first + sample;
}

/* ---- data ---------------------------------------------------------------------------------------- */

/* "row 3", "row 3, timestep 2" where the shape is one of sequences; numbers as scripts count */
static void place(const rnn_shape *shape, int64_t row, int64_t at, char text[80]) {
  if (shape->ndim < 3) {
    snprintf(text, 80, "row %lld", (long long)row + 1);
  } else {
    int64_t step = at / rnn_extent(shape, 2, shape->ndim);
    snprintf(text, 80, "row %lld, timestep %lld", (long long)row + 1, (long long)step + 1);
  }
}

/* whether a row of the array (from 0) holds such a value */
static bool in_row(const rnn_array *array, int64_t row, const char *which, char *text) {
  char where[80];
  int64_t each = rnn_extent(&array->shape, 1, array->shape.ndim);
  const float *sample = array->data + row * each;
  int64_t at = find(sample, each);
  if (at < 0) return false;
  place(&array->shape, row, at, where);
  snprintf(text, RNN_TROUBLE_TEXT,
           "%s holds %s in %s of the data; rl.isnan and rl.isinf find such values, to be left out or filled in", which,
           word((double)sample[at]), where);
  return true;
}

/* Whether an array holds such a value: in this batch, or in another, which has spoiled the weights then. */
static bool in_array(const rnn_suspect *s, const rnn_array *array, const char *what, int number, int count, char *text) {
  char which[40];
  if (array->data == NULL) return false;
  snprintf(which, sizeof which, count > 1 ? "%s[%d]" : "%s", what, number + 1);
  for (int64_t i = 0; i < s->samples; i++)
    if (in_row(array, row_of(s, i), which, text)) return true;
  for (int64_t row = 0; row < array->shape.dim[0]; row++)
    if (in_row(array, row, which, text)) return true;
  return false;
}

static bool in_data(const rnn_trainer *t, const rnn_suspect *s, char *text) {
  const rnn_data *d = &t->data;
  for (int i = 0; i < d->x_count; i++)
    if (in_array(s, &d->x[i], "x", i, d->x_count, text)) return true;
  for (int i = 0; i < d->y_count; i++)
    if (in_array(s, &d->y[i], "y", i, d->y_count, text)) return true;
  for (int i = 0; i < d->y_count; i++)
    if (in_array(s, &d->weights[i], "sample_weight", i, d->y_count, text)) return true;
  return false;
}

/* ---- weights --------------------------------------------------------------------------------------- */

/* The last variable whose gradient was not finite in the step before: backward comes to it first. NULL: all were. */
static const rnn_variable *bad_gradient(const rnn_variables *v) {
  for (int i = v->count - 1; v->iterations > 0 && i >= 0; i--)
    if (find(v->gradients + v->items[i].offset, v->items[i].size) >= 0) return &v->items[i];
  return NULL;
}

static void describe_weight(const rnn_trainer *t, const rnn_layer *layer, const rnn_weight *weight, double value,
                            char *text) {
  char who[160], origin[160];
  const rnn_variable *item = bad_gradient(&t->variables);
  long long step = (long long)t->variables.iterations;
  if (step == 0) {
    snprintf(text, RNN_TROUBLE_TEXT, "weight '%s' of %s holds %s before any training", weight->name, title(layer, who),
             word(value));
  } else if (item) {
    snprintf(text, RNN_TROUBLE_TEXT,
             "step %lld has left %s in weight '%s' of %s: the gradient of '%s' of %s was not finite, the first one going "
             "backward; " HINT,
             step, word(value), weight->name, title(layer, who), item->layer->weights[item->index].name,
             title(item->layer, origin));
  } else {
    snprintf(text, RNN_TROUBLE_TEXT, "step %lld has left %s in weight '%s' of %s, by gradients that were finite; " HINT,
             step, word(value), weight->name, title(layer, who));
  }
}

static bool in_weights(const rnn_trainer *t, char *text) {
  const rnn_graph *g = t->graph;
  for (int l = 0; l < g->layer_count; l++) {
    const rnn_layer *layer = g->layers[l];
    for (int i = 0; i < layer->weight_count; i++) {
      const float *numbers = rnn_weight_data(&layer->weights[i]);
      int64_t at = find(numbers, rnn_size(&layer->weights[i].shape));
      if (at < 0) continue;
      describe_weight(t, layer, &layer->weights[i], (double)numbers[at], text);
      return true;
    }
  }
  return false;
}

/* ---- what layers give -------------------------------------------------------------------------------- */

static bool in_outputs(const rnn_trainer *t, const rnn_suspect *s, char *text) {
  char who[160], where[80];
  for (int n = 0; n < t->graph->node_count; n++) {
    const rnn_call *call = &s->plan->calls[n];
    for (int o = 0; o < call->output_count; o++) {
      const rnn_port *out = &call->outputs[o];
      int64_t at = find(out->data, rnn_size(&out->shape)), each = rnn_extent(&out->shape, 1, out->shape.ndim);
      if (at < 0) continue;
      place(&out->shape, row_of(s, at / each), at % each, where);
      snprintf(text, RNN_TROUBLE_TEXT, "%s gives %s in %s of the data, from inputs and weights that are finite; " HINT
               ", or inputs scaled to about 1", title(t->graph->nodes[n].layer, who), word((double)out->data[at]), where);
      return true;
    }
  }
  return false;
}

/* the largest absolute value that the model gives */
static double largest(const rnn_trainer *t, const rnn_suspect *s) {
  double most = 0;
  for (int o = 0; o < t->graph->output_count; o++) {
    int tensor = t->graph->outputs[o];
    const float *y = rnn_plan_data(&t->training, s->plan, tensor);
    for (int64_t i = 0; i < rnn_size(&s->plan->shapes[tensor]); i++) most = fmax(most, fabs((double)y[i]));
  }
  return most;
}

void rnn_describe_trouble(const rnn_trainer *t, const rnn_suspect *s, char text[RNN_TROUBLE_TEXT]) {
  if (in_data(t, s, text) || in_weights(t, text) || in_outputs(t, s, text)) return;
  if (!isfinite(s->penalty))
    snprintf(text, RNN_TROUBLE_TEXT, "a regularizer's penalty is %s; " HINT, word(s->penalty));
  else
    snprintf(text, RNN_TROUBLE_TEXT, "the loss itself is %s, of predictions and targets that are finite (predictions reach "
             "%.3g); see whether the targets are what this loss is for; " HINT, word(s->loss), largest(t, s));
}
