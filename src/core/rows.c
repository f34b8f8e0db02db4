/* rows.c - choosing and writing rows by a mask or by positions */
#include "core/rows.h"

#include "core/host.h"
#include "core/walk.h"
#include "kernels/elementwise.h"

void rnn_tensor_row(const rnn_tensor *t, int lead, int64_t index, rnn_tensor *row) {
  int64_t offset = 0;
  for (int i = lead - 1; i >= 0; i--) {
    offset += index % t->shape[i] * t->strides[i];
    index /= t->shape[i];
  }
  row->dtype = t->dtype;
  row->ndim = t->ndim - lead;
  row->data = rnn_tensor_at(t, offset);
  for (int i = lead; i < t->ndim; i++) {
    row->shape[i - lead] = t->shape[i];
    row->strides[i - lead] = t->strides[i];
  }
}

int64_t rnn_mask_count(const rnn_tensor *mask) {
  const uint8_t *bits = mask->data;
  int64_t size = rnn_tensor_size(mask), count = 0;
  for (int64_t i = 0; i < size; i++) count += bits[i];
  return count;
}

void rnn_mask_positions(const rnn_tensor *mask, int64_t count, int64_t *positions) {
  const uint8_t *bits = mask->data;
  int64_t found = 0;
  for (int64_t i = 0; found < count; i++) { /* no branch depends on a bit */
    positions[found] = i;
    found += bits[i];
  }
}

rnn_status rnn_rows_assign(rnn_context *cx, const rnn_tensor *t, int lead, int64_t count,
                           const int64_t *positions, const rnn_tensor *values) {
  for (int64_t i = 0; i < count; i++) {
    rnn_tensor to, from = *values;
    rnn_tensor_row(t, lead, positions[i], &to);
    rnn_tensor_select(&from, 0, i);
    rnn_try(rnn_tensor_assign(cx, &to, &from));
    if (i % 1024 == 1023 && rnn_context_interrupted(cx)) return RNN_INTERRUPTED;
  }
  return RNN_OK;
}

rnn_status rnn_mask_fill(rnn_context *cx, const rnn_tensor *t, const rnn_tensor *mask,
                         const rnn_tensor *value) {
  rnn_loop where = RNN_PICK(rnn_cpu_level(), rnn_elementwise)->loops[RNN_WHERE][t->dtype];
  return rnn_walk(cx, 4, (const rnn_tensor *[]){t, mask, value, t},
                  (rnn_dtype[]){t->dtype, RNN_BOOL, t->dtype, t->dtype}, where);
}
