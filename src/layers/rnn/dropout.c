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

float *rnn_masked_place(const rnn_recurrence *u, int64_t first) { return u->masked + first * u->q.span; }

/* to = from · factors, or from where there are none */
static void multiply(int64_t n, const float *from, const float *factors, float *to) {
  for (int64_t i = 0; i < n; i++) to[i] = factors ? from[i] * factors[i] : from[i];
}

/* the factors of mask k for a sequence; NULL: this kind of dropout does not act */
static const float *factors_of(const rnn_recurrence *u, const float *all, int masks, int k, int64_t sequence,
                               int64_t columns) {
  return masks ? all + ((masks > 1 ? k : 0) * u->q.batch + sequence) * columns : NULL;
}

const float *rnn_masked_joint(const rnn_recurrence *u, int k, int64_t first, int64_t rows, int64_t step, float *to) {
  const rnn_sequence *q = &u->q;
  const float *from = rnn_at(u, u->joint, q->span, first, step);
  if (u->input_masks + u->recurrent_masks == 0) return from;
  for (int64_t b = 0; b < rows; b++, from += q->span) {
    float *x = to + b * q->span;
    multiply(q->features, from, factors_of(u, u->input_factors, u->input_masks, k, first + b, q->features), x);
    multiply(q->width, from + q->features,
             factors_of(u, u->recurrent_factors, u->recurrent_masks, k, first + b, q->width), x + q->features);
  }
  return to;
}

void rnn_mask_input_gradient(const rnn_recurrence *u, int k, int64_t first, int64_t rows, const float *from, bool add,
                             float *to, int64_t stride) {
  int64_t n = u->q.features;
  for (int64_t b = 0; b < rows; b++, from += n, to += stride) {
    const float *factors = factors_of(u, u->input_factors, u->input_masks, k, first + b, n);
    for (int64_t i = 0; i < n; i++) to[i] = (add ? to[i] : 0) + (factors ? from[i] * factors[i] : from[i]);
  }
}
