/* slices.c - what optimizers want of gradients that come slice by slice */
#include "model/slices.h"

#include <math.h>

#include "core/alloc.h"

typedef struct wanted {
  bool squares, magnitudes, clipping;
} wanted;

static wanted wanted_by(const rnn_component *optimizer) {
  const rnn_optimizer_common *o = optimizer->self;
  unsigned flags = ((const rnn_optimizer_type *)optimizer->type)->flags;
  bool by_norm = !isnan(o->clipnorm) || !isnan(o->global_clipnorm);
  return (wanted){.squares = by_norm || flags & RNN_OPTIMIZER_SQUARES,
                  .magnitudes = flags & RNN_OPTIMIZER_MAGNITUDES,
                  .clipping = !isnan(o->clipvalue)};
}

/* whether an item's slices count one by one */
static bool has_slices(const rnn_variables *v, const rnn_variable *item) {
  return item->layer && rnn_layer_vtable(item->layer)->flags & RNN_LAYER_SLICES && item->regularizer == NULL &&
         v->accumulator_slot < 0;
}

/* how many variables have slices of which something is wanted, and how many numbers are kept of them */
static int count(const rnn_variables *v, wanted w, int64_t *numbers) {
  int found = 0;
  *numbers = 0;
  if (!w.squares && !w.magnitudes && !w.clipping) return 0;
  for (int i = 0; i < v->count; i++) {
    if (!has_slices(v, &v->items[i])) continue;
    found++;
    *numbers += v->items[i].size * (w.squares + w.magnitudes);
  }
  return found;
}

static float *take(float **from, bool is_wanted, int64_t size) {
  float *taken = is_wanted ? *from : NULL;
  if (is_wanted) *from += size;
  return taken;
}

static void connect(rnn_variables *v, wanted w) {
  double most = ((const rnn_optimizer_common *)v->optimizer->self)->clipvalue;
  rnn_slices *next = v->slices;
  float *numbers = v->slice_numbers;
  for (int i = 0; i < v->count; i++) {
    rnn_variable *item = &v->items[i];
    if (!has_slices(v, item)) continue;
    *next = (rnn_slices){.most = isnan(most) ? INFINITY : (float)most,
                         .squares = take(&numbers, w.squares, item->size),
                         .magnitudes = take(&numbers, w.magnitudes, item->size)};
    item->slices = next++;
  }
}

rnn_status rnn_slices_start(rnn_context *cx, rnn_variables *v) {
  wanted w = wanted_by(v->optimizer);
  int64_t numbers;
  int found = count(v, w, &numbers);
  if (found == 0) return RNN_OK;
  v->slices = rnn_malloc(sizeof *v->slices * (size_t)found);
  v->slice_numbers = rnn_malloc_aligned(sizeof(float) * (size_t)numbers);
  if (v->slices == NULL || v->slice_numbers == NULL) {
    rnn_slices_clear(v);
    return rnn_fail(cx, RNN_NO_MEMORY, "model: not enough memory for the optimizer");
  }
  v->slice_count = numbers;
  connect(v, w);
  return RNN_OK;
}

void rnn_slices_clear(rnn_variables *v) {
  rnn_free(v->slices);
  rnn_free_aligned(v->slice_numbers);
  v->slices = NULL;
  v->slice_numbers = NULL;
  v->slice_count = 0;
  for (int i = 0; i < v->count; i++) v->items[i].slices = NULL;
}
