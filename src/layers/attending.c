/* attending.c - softmax(scores) · values and its gradients, in parallel over sequences and heads */
#include "layers/attending.h"

#include <math.h>
#include <string.h>

#include "layers/layers.h"

/* the arrays of one sequence and head */
typedef struct part {
  int64_t b, n; /* the sequence; numbers of scores */
  const float *q, *k, *v;
  float *out, *weights, *factors, *room;
} part;

static part part_of(const rnn_attending *a, int64_t tile) {
  int64_t b = tile / a->heads, h = tile % a->heads, n = a->queries * a->keys;
  return (part){.b = b,
                .n = n,
                .q = a->q + b * a->queries * a->q_step + h * a->key_size,
                .k = a->k + b * a->keys * a->k_step + h * a->key_size,
                .v = a->v + b * a->keys * a->v_step + h * a->value_size,
                .out = a->out + b * a->queries * a->out_step + h * a->value_size,
                .weights = a->weights + tile * n,
                .factors = a->factors ? a->factors + tile * n : NULL,
                .room = a->room + tile * n};
}

static void note(rnn_attending *a, rnn_status status) {
  if (status != RNN_OK) __atomic_store_n(&a->status, status, __ATOMIC_RELAXED);
}

/* ---- forward --------------------------------------------------------------------------------------- */

static rnn_status dot_scores(const rnn_attending *a, const part *p) {
  rnn_try(rnn_sgemm(a->cx, false, true, a->queries, a->keys, a->key_size, p->q, a->q_step, p->k, a->k_step, 0,
                    p->weights, a->keys));
  for (int64_t i = 0; a->scale != 1 && i < p->n; i++) p->weights[i] *= a->scale;
  return RNN_OK;
}

static void concat_scores(const rnn_attending *a, const part *p) {
  for (int64_t i = 0; i < a->queries; i++)
    for (int64_t j = 0; j < a->keys; j++) {
      const float *q = p->q + i * a->q_step, *k = p->k + j * a->k_step;
      double sum = 0;
      for (int64_t c = 0; c < a->key_size; c++) sum += (double)tanhf(a->scale * (q[c] + k[c]));
      p->weights[i * a->keys + j] = a->weight * (float)sum;
    }
}

static bool hidden(const rnn_attending *a, int64_t b, int64_t i, int64_t j) {
  return (a->causal && j > i) || (a->query_mask && !a->query_mask[b * a->queries + i]) ||
         (a->value_mask && !a->value_mask[b * a->keys + j]) || (a->key_mask && !a->key_mask[b * a->keys + j]);
}

static bool hides(const rnn_attending *a) { return a->causal || a->query_mask || a->value_mask || a->key_mask; }

static void mask_row(const rnn_attending *a, int64_t b, int64_t i, float *row) {
  for (int64_t j = 0; j < a->keys; j++)
    if (hidden(a, b, i, j)) row[j] = a->masking == RNN_MASK_LOWERS ? row[j] - 1e9f : -1e30f;
}

static void clear_row(const rnn_attending *a, int64_t b, int64_t i, float *row) {
  for (int64_t j = 0; j < a->keys; j++)
    if (hidden(a, b, i, j)) row[j] = 0;
}

static rnn_status softmax(const rnn_attending *a, const part *p) {
  bool hidden = hides(a);
  for (int64_t i = 0; hidden && i < a->queries; i++) mask_row(a, p->b, i, p->weights + i * a->keys);
  rnn_try(rnn_activate(a->cx, a->softmax, a->queries, a->keys, p->weights, p->weights));
  bool clears = hidden && a->masking == RNN_MASK_CLEARS;
  for (int64_t i = 0; clears && i < a->queries; i++) clear_row(a, p->b, i, p->weights + i * a->keys);
  return RNN_OK;
}

/* the weights that values are summed with */
static const float *dropped(const part *p) {
  if (p->factors == NULL) return p->weights;
  for (int64_t i = 0; i < p->n; i++) p->room[i] = p->weights[i] * p->factors[i];
  return p->room;
}

/* what a sequence and head take: multiply-adds, of which a core does about four while it reads or writes a number, and
** the exponentials */
static int64_t work_of_part(const rnn_attending *a) {
  return a->queries * a->keys * ((a->key_size + a->value_size) / 4 + 4);
}

static void attend_part(void *data, int64_t tile) {
  rnn_attending *a = data;
  part p = part_of(a, tile);
  if (a->concat)
    concat_scores(a, &p);
  else
    note(a, dot_scores(a, &p));
  note(a, softmax(a, &p));
  note(a, rnn_sgemm(a->cx, false, false, a->queries, a->value_size, a->keys, dropped(&p), a->keys, p.v, a->v_step,
                    0, p.out, a->out_step));
}

rnn_status rnn_attend(rnn_attending *a) {
  a->status = RNN_OK;
  rnn_share_items(a->cx, a->batch * a->heads, work_of_part(a), attend_part, a);
  return a->status;
}

/* ---- backward ----------------------------------------------------------------------------------------- */

/* gradient of the scores, in p->room, from that of what values are summed with, which lies there */
static rnn_status score_gradient(const rnn_attending *a, const part *p, int64_t tile) {
  float *d = p->room;
  for (int64_t i = 0; a->d_dropped && i < p->n; i++) d[i] += a->d_dropped[tile * p->n + i];
  for (int64_t i = 0; p->factors && i < p->n; i++) d[i] *= p->factors[i];
  for (int64_t i = 0; a->d_weights && i < p->n; i++) d[i] += a->d_weights[tile * p->n + i];
  rnn_try(rnn_activate_backward(a->cx, a->softmax, a->queries, a->keys, NULL, p->weights, d, d));
  bool clears = hides(a) && a->masking != RNN_MASK_LOWERS;
  for (int64_t i = 0; clears && i < a->queries; i++) clear_row(a, p->b, i, d + i * a->keys);
  return RNN_OK;
}

static void scale_rows(float scale, int64_t rows, int64_t columns, int64_t step, float *x) {
  for (int64_t r = 0; scale != 1 && r < rows; r++)
    for (int64_t c = 0; c < columns; c++) x[r * step + c] *= scale;
}

/* of the scale: the sum of q · dq, where dq is that of q times the scale */
static double scale_gradient(const rnn_attending *a, const part *p, const float *dq) {
  double sum = 0;
  for (int64_t i = 0; i < a->queries; i++)
    for (int64_t c = 0; c < a->key_size; c++) sum += (double)p->q[i * a->q_step + c] * (double)dq[i * a->q_step + c];
  return sum;
}

static rnn_status dot_gradient(const rnn_attending *a, const part *p, float *dq, float *dk, double *d_scales) {
  rnn_try(rnn_sgemm(a->cx, false, false, a->queries, a->key_size, a->keys, p->room, a->keys, p->k, a->k_step, 0, dq,
                    a->q_step));
  rnn_try(rnn_sgemm(a->cx, true, false, a->keys, a->key_size, a->queries, p->room, a->keys, p->q, a->q_step, 0, dk,
                    a->k_step));
  if (d_scales) d_scales[0] = scale_gradient(a, p, dq);
  scale_rows(a->scale, a->queries, a->key_size, a->q_step, dq);
  scale_rows(a->scale, a->keys, a->key_size, a->k_step, dk);
  return RNN_OK;
}

static void clear_rows(int64_t rows, int64_t columns, int64_t step, float *x) {
  for (int64_t r = 0; r < rows; r++) memset(x + r * step, 0, sizeof(float) * (size_t)columns);
}

static void concat_gradient(const rnn_attending *a, const part *p, float *dq, float *dk, double *d_scales) {
  clear_rows(a->queries, a->key_size, a->q_step, dq);
  clear_rows(a->keys, a->key_size, a->k_step, dk);
  for (int64_t i = 0; i < a->queries; i++)
    for (int64_t j = 0; j < a->keys; j++) {
      const float *q = p->q + i * a->q_step, *k = p->k + j * a->k_step;
      float d = p->room[i * a->keys + j];
      for (int64_t c = 0; c < a->key_size; c++) {
        float t = tanhf(a->scale * (q[c] + k[c])), slope = d * a->weight * (1 - t * t);
        d_scales[0] += (double)slope * (double)(q[c] + k[c]);
        d_scales[1] += (double)d * (double)t;
        dq[i * a->q_step + c] += slope * a->scale;
        dk[j * a->k_step + c] += slope * a->scale;
      }
    }
}

static void backward_part(void *data, int64_t tile) {
  rnn_attending *a = data;
  part p = part_of(a, tile);
  int64_t b = tile / a->heads, h = tile % a->heads;
  const float *d_out = a->d_out + b * a->queries * a->out_step + h * a->value_size;
  float *dq = a->dq + b * a->queries * a->q_step + h * a->key_size;
  float *dk = a->dk + b * a->keys * a->k_step + h * a->key_size;
  float *dv = a->dv + b * a->keys * a->v_step + h * a->value_size;
  double *d_scales = a->d_scales ? a->d_scales + 2 * tile : NULL;
  note(a, rnn_sgemm(a->cx, true, false, a->keys, a->value_size, a->queries, dropped(&p), a->keys, d_out,
                    a->out_step, 0, dv, a->v_step));
  note(a, rnn_sgemm(a->cx, false, true, a->queries, a->keys, a->value_size, d_out, a->out_step, p.v, a->v_step, 0,
                    p.room, a->keys));
  note(a, score_gradient(a, &p, tile));
  if (d_scales) d_scales[0] = d_scales[1] = 0;
  if (a->concat)
    concat_gradient(a, &p, dq, dk, d_scales);
  else
    note(a, dot_gradient(a, &p, dq, dk, d_scales));
}

rnn_status rnn_attend_backward(rnn_attending *a) {
  a->status = RNN_OK;
  rnn_share_items(a->cx, a->batch * a->heads, 2 * work_of_part(a), backward_part, a);
  return a->status;
}

void rnn_draw_dropout(rnn_context *cx, uint64_t key, double rate, int64_t n, float *factors) {
  float keep = rate < 1 ? (float)(1 / (1 - rate)) : 0;
  cx->host->random_uniform(key, 0, n, factors);
  for (int64_t i = 0; i < n; i++) factors[i] = factors[i] >= (float)rate ? keep : 0;
}
