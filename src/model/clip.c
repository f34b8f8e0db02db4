/* clip.c - clipping of gradients by norm and by value, in Keras' way (keras/src/optimizers/base_optimizer.py) */
#include <math.h>

#include "model/slices.h"

static double sum(const float *x, int64_t n) {
  double total = 0;
  for (int64_t i = 0; i < n; i++) total += x[i];
  return total;
}

static double square_sum(const float *x, int64_t n) {
  double total = 0;
  for (int64_t i = 0; i < n; i++) total += (double)x[i] * x[i];
  return total;
}

static void scale(float *x, int64_t n, float factor) {
  for (int64_t i = 0; x && i < n; i++) x[i] *= factor;
}

/* the square of the norm of an item's gradient, or of all its slices */
static double square_norm(const rnn_variables *v, const rnn_variable *item) {
  const rnn_slices *slices = item->slices;
  return slices ? sum(slices->squares, item->size) : square_sum(v->gradients + item->offset, item->size);
}

/* scales an item's gradient by limit / norm if that is less than 1 */
static void limit_norm(const rnn_variables *v, const rnn_variable *item, double norm, double limit) {
  if (!(norm > limit)) return;
  float factor = (float)(limit / norm);
  scale(v->gradients + item->offset, item->size, factor);
  if (item->slices == NULL) return;
  scale(item->slices->squares, item->size, factor * factor);
  scale(item->slices->magnitudes, item->size, factor);
}

static void clip_globally(const rnn_variables *v, double limit) {
  double square = 0;
  for (int i = 0; i < v->count; i++) square += square_norm(v, &v->items[i]);
  for (int i = 0; i < v->count; i++) limit_norm(v, &v->items[i], sqrt(square), limit);
}

/* those with slices were clipped as slices came */
static void clip_values(const rnn_variables *v, float most) {
  for (int i = 0; i < v->count; i++) {
    float *g = v->gradients + v->items[i].offset;
    for (int64_t k = 0; !v->items[i].slices && k < v->items[i].size; k++)
      g[k] = g[k] > most ? most : g[k] < -most ? -most : g[k];
  }
}

/* one of clipnorm, global_clipnorm and clipvalue at most is set */
void rnn_clip_gradients(const rnn_variables *v) {
  const rnn_optimizer_common *o = v->optimizer->self;
  if (!isnan(o->clipnorm)) {
    for (int i = 0; i < v->count; i++)
      limit_norm(v, &v->items[i], sqrt(square_norm(v, &v->items[i])), o->clipnorm);
  } else if (!isnan(o->global_clipnorm)) {
    clip_globally(v, o->global_clipnorm);
  } else if (!isnan(o->clipvalue)) {
    clip_values(v, (float)o->clipvalue);
  }
}
