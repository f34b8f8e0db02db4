/* lengths.c - masks of inputs from the number of timesteps that count in each of their sequences */
#include <string.h>

#include "model/plan.h"

static void write_mask(const rnn_array *lengths, const int64_t *order, int64_t first, const rnn_shape *shape,
                       uint8_t *mask) {
  int64_t steps = shape->dim[1];
  for (int64_t i = 0; i < shape->dim[0]; i++, mask += steps) {
    int64_t length = (int64_t)lengths->data[order ? order[i] : first + i];
    memset(mask, 1, (size_t)length);
    memset(mask + length, 0, (size_t)(steps - length));
  }
}

void rnn_plan_take_lengths(const rnn_workspace *w, rnn_plan *plan, const int64_t *order, int64_t first) {
  for (int i = 0; i < w->graph->input_count; i++) {
    plan->masks[i] = NULL;
    if (w->lengths == NULL || w->lengths[i].data == NULL) continue;
    uint8_t *mask = (uint8_t *)(w->arena + plan->input_mask_at[i]);
    write_mask(&w->lengths[i], order, first, &plan->shapes[i], mask);
    plan->masks[i] = mask;
  }
}
