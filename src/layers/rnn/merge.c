/* merge.c - two sequences, one of them turned around, made one, and gradients back */
#include "layers/rnn/merge.h"

#include <string.h>

rnn_merge rnn_merge_of(const char *name) {
  static const char *const names[] = {"concat", "sum", "mul", "ave"};
  for (int i = 0; i < RNN_MERGE_NONE; i++)
    if (strcmp(name, names[i]) == 0) return (rnn_merge)i;
  return RNN_MERGE_NONE;
}

rnn_status rnn_merged_shape(rnn_context *cx, rnn_merge merge, const rnn_shape *forwards,
                            const rnn_shape *backwards, rnn_shape *merged) {
  *merged = *forwards;
  if (merge == RNN_MERGE_NONE) return RNN_OK;
  int compared = forwards->ndim - (merge == RNN_MERGE_CONCAT);
  bool same = forwards->ndim == backwards->ndim && forwards->ndim > 1;
  for (int i = 0; same && i < compared; i++) same = forwards->dim[i] == backwards->dim[i];
  if (!same) {
    char one[RNN_SHAPE_TEXT], other[RNN_SHAPE_TEXT];
    return rnn_fail(cx, RNN_INVALID, "the two directions' outputs do not fit together: %s and %s",
                    cx->host->shape_text(one, forwards->ndim, forwards->dim),
                    cx->host->shape_text(other, backwards->ndim, backwards->dim));
  }
  if (merge == RNN_MERGE_CONCAT) merged->dim[merged->ndim - 1] += rnn_columns(backwards);
  return RNN_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------- */

/* The row of the second sequence that belongs to row r of the first; `inner` rows a timestep. */
static int64_t partner(const rnn_pair *p, int64_t r) {
  const rnn_shape *s = &p->forwards->shape;
  if (!p->turned) return r;
  int64_t inner = rnn_extent(s, 2, s->ndim - 1), time = s->dim[1];
  int64_t batch = r / (time * inner), step = r / inner % time;
  return (batch * time + time - 1 - step) * inner + r % inner;
}

static void merge_row(rnn_merge merge, int64_t n, const float *a, const float *b, float *y) {
  if (merge == RNN_MERGE_MUL)
    for (int64_t i = 0; i < n; i++) y[i] = a[i] * b[i];
  else
    for (int64_t i = 0; i < n; i++) y[i] = merge == RNN_MERGE_SUM ? a[i] + b[i] : (a[i] + b[i]) / 2;
}

void rnn_merge_pair(const rnn_pair *p) {
  int64_t n = rnn_columns(&p->forwards->shape), m = rnn_columns(&p->backwards->shape);
  float *y = p->first->data;
  for (int64_t r = 0; r < rnn_rows(&p->forwards->shape); r++) {
    const float *a = p->forwards->data + r * n, *b = p->backwards->data + partner(p, r) * m;
    if (p->merge == RNN_MERGE_NONE) {
      memcpy(y + r * n, a, sizeof(float) * (size_t)n);
      memcpy(p->second->data + r * m, b, sizeof(float) * (size_t)m);
    } else if (p->merge == RNN_MERGE_CONCAT) {
      memcpy(y + r * (n + m), a, sizeof(float) * (size_t)n);
      memcpy(y + r * (n + m) + n, b, sizeof(float) * (size_t)m);
    } else {
      merge_row(p->merge, n, a, b, y + r * n);
    }
  }
}

/* to = dy · factor, or dy · other; 0 where dy is NULL */
static void split_row(int64_t n, const float *dy, float factor, const float *other, float *to) {
  for (int64_t i = 0; i < n; i++) to[i] = dy == NULL ? 0 : dy[i] * (other ? other[i] : factor);
}

void rnn_split_pair(const rnn_pair *p) {
  int64_t n = rnn_columns(&p->forwards->shape), m = rnn_columns(&p->backwards->shape);
  const float *dy = p->first->gradient, *dz = p->merge == RNN_MERGE_NONE ? p->second->gradient : dy;
  int64_t row = p->merge == RNN_MERGE_CONCAT ? n + m : n, second = p->merge == RNN_MERGE_CONCAT ? n : 0;
  int64_t second_row = p->merge == RNN_MERGE_NONE ? m : row;
  float factor = p->merge == RNN_MERGE_AVE ? 0.5f : 1;
  bool mul = p->merge == RNN_MERGE_MUL;
  for (int64_t r = 0; r < rnn_rows(&p->forwards->shape); r++) {
    int64_t other = partner(p, r);
    const float *a = p->forwards->data + r * n, *b = p->backwards->data + other * m;
    split_row(n, dy ? dy + r * row : NULL, factor, mul ? b : NULL, p->forwards->gradient + r * n);
    split_row(m, dz ? dz + r * second_row + second : NULL, factor, mul ? a : NULL,
              p->backwards->gradient + other * m);
  }
}
