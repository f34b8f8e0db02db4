/* norms.c - rows normalized each by itself, in parallel over fixed tiles */
#include "layers/norms.h"

#include "layers/layers.h"

rnn_status rnn_need_extent(rnn_context *cx, const rnn_shape *shape, int axis) {
  char text[RNN_SHAPE_TEXT];
  if (shape->dim[axis] != RNN_UNKNOWN) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "expected a known size of axis %d, got an input of shape %s", axis + 1,
                  cx->host->shape_text(text, shape->ndim, shape->dim));
}

typedef struct job {
  const rnn_norm_rows *rows;
  const rnn_norm_functions *use;
  int64_t tile; /* rows, or columns */
} job;

static int64_t at_most(int64_t n, int64_t limit) { return n < limit ? n : limit; }

static void forward_tile(void *data, int64_t tile) {
  const job *j = data;
  j->use->forward(j->rows, tile * j->tile, at_most((tile + 1) * j->tile, j->rows->rows));
}

static void input_tile(void *data, int64_t tile) {
  const job *j = data;
  j->use->input_gradient(j->rows, tile * j->tile, at_most((tile + 1) * j->tile, j->rows->rows));
}

static void weight_tile(void *data, int64_t tile) {
  const job *j = data;
  j->use->weight_gradients(j->rows, tile * j->tile, at_most((tile + 1) * j->tile, j->rows->length));
}

static void run_rows(rnn_context *cx, const rnn_norm_rows *rows, rnn_tile_function f) {
  job j = {rows, RNN_PICK(cx->host->cpu_level, rnn_norm), rnn_items_a_tile(rows->length)};
  cx->host->parallel_for(cx, (rows->rows + j.tile - 1) / j.tile, f, &j);
}

static void run_columns(rnn_context *cx, const rnn_norm_rows *rows, rnn_tile_function f) {
  job j = {rows, RNN_PICK(cx->host->cpu_level, rnn_norm), RNN_NORM_COLUMNS};
  rnn_share_items(cx, (rows->length + j.tile - 1) / j.tile, rows->rows * j.tile, f, &j);
}

void rnn_norm_forward(rnn_context *cx, const rnn_norm_rows *rows) { run_rows(cx, rows, forward_tile); }

/* the weights' first: dx may lie where dy does */
void rnn_norm_backward(rnn_context *cx, const rnn_norm_rows *rows) {
  if (rows->d_gamma || rows->d_beta) run_columns(cx, rows, weight_tile);
  if (rows->dx) run_rows(cx, rows, input_tile);
}
