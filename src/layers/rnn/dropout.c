/*
** dropout.c - dropout in recurrent layers: masks are drawn once a batch and shared by all timesteps (Gal and
** Ghahramani 2016; keras/src/layers/rnn/dropout_rnn_cell.py)
*/
#include "layers/rnn/rnn.h"

/* factors (batch, stride), of which `columns` count: 0, or 1 / (1 - rate) */
static void draw(const rnn_recurrence *u, uint64_t key, double rate, int64_t columns, int64_t stride, float *factors) {
  float keep = (float)(1 / (1 - rate));
  for (int64_t b = 0; b < u->q.batch; b++, factors += stride) {
    u->cx->host->random_uniform(key, b * columns, columns, factors);
    for (int64_t i = 0; i < columns; i++) factors[i] = factors[i] >= (float)rate ? keep : 0;
    for (int64_t i = columns; i < stride; i++) factors[i] = 0;
  }
}

void rnn_draw_factors(rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  uint64_t key = u->call->key;
  for (int k = 0; k < u->input_masks; k++)
    draw(u, u->cx->host->mix_key(key, 2 * (uint64_t)k), u->layer->dropout, q->features, q->features,
         u->input_factors + k * q->batch * q->features);
  for (int k = 0; k < u->recurrent_masks; k++)
    draw(u, u->cx->host->mix_key(key, 2 * (uint64_t)k + 1), u->layer->recurrent_dropout, q->units, q->width,
         u->recurrent_factors + k * q->batch * q->width);
}

const float *rnn_masked_input(rnn_recurrence *u, int k) {
  const rnn_sequence *q = &u->q;
  const float *x = u->call->inputs->data;
  if (u->input_masks == 0) return x;
  const float *factors = u->input_factors + k * q->batch * q->features;
  float *to = u->masked;
  for (int64_t b = 0; b < q->batch; b++, factors += q->features)
    for (int64_t t = 0; t < q->time; t++, x += q->features, to += q->features)
      for (int64_t i = 0; i < q->features; i++) to[i] = x[i] * factors[i];
  return u->masked;
}

void rnn_mask_input_gradient(rnn_recurrence *u, int k, bool add) {
  const rnn_sequence *q = &u->q;
  const float *factors = u->input_factors + k * q->batch * q->features;
  const float *from = u->masked;
  float *dx = u->call->inputs->gradient;
  for (int64_t b = 0; b < q->batch; b++, factors += q->features)
    for (int64_t t = 0; t < q->time; t++, from += q->features, dx += q->features)
      for (int64_t i = 0; i < q->features; i++) dx[i] = (add ? dx[i] : 0) + from[i] * factors[i];
}

const float *rnn_masked_state(rnn_recurrence *u, int k, int64_t first, int64_t rows, int64_t step, int64_t *stride) {
  int64_t width = u->q.width, from_stride;
  const float *h = rnn_before(u, 0, first, step, &from_stride);
  if (u->recurrent_masks == 0) {
    *stride = from_stride;
    return h;
  }
  const float *factors = u->recurrent_factors + (k * u->q.batch + first) * width;
  float *to = u->masked + first * width;
  for (int64_t b = 0; b < rows; b++, h += from_stride, factors += width, to += width)
    for (int64_t i = 0; i < width; i++) to[i] = h[i] * factors[i];
  *stride = width;
  return u->masked + first * width;
}
