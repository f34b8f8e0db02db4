/* run.c - where everything of a recurrent layer's call lies, its tiles, and weights in packed rows */
#include <string.h>

#include "layers/rnn/rnn.h"

/* ---- layout ------------------------------------------------------------------------------------------ */

/* Hands out stretches of one memory; base NULL: only counts. */
typedef struct cursor {
  float *base;
  int64_t used;
} cursor;

static float *take(cursor *c, int64_t numbers) {
  float *at = c->base ? c->base + c->used : NULL;
  c->used += (numbers + 15) & ~(int64_t)15;
  return at;
}

static bool keeps_sums(const rnn_recurrent *r) {
  return rnn_gate_reads_sums(&r->gate) || rnn_gate_reads_sums(&r->recurrent_gate);
}

/* The masks of a kind of dropout. As in Keras, one for each gate where the state is dropped too. */
static int mask_count(const rnn_recurrent *r, const rnn_call *call, double rate) {
  if (!call->training || rate <= 0) return 0;
  return r->recurrent_dropout > 0 ? r->cell->gates : 1;
}

static void describe(rnn_recurrence *u) {
  const rnn_recurrent *r = u->layer;
  const rnn_shape *x = &u->call->inputs->shape;
  int64_t vector = 4 << u->cx->host->cpu_level;
  u->cell = r->cell;
  u->q = (rnn_sequence){.batch = x->dim[0],
                        .time = x->dim[1],
                        .features = x->dim[2],
                        .units = r->units,
                        .width = (r->units + vector - 1) & -vector,
                        .backwards = r->go_backwards};
  u->row = r->cell->slots * u->q.width;
  u->input_masks = mask_count(r, u->call, r->dropout);
  u->recurrent_masks = mask_count(r, u->call, r->recurrent_dropout);
  u->mask = u->call->inputs->mask;
}

static void lay_out_saved(rnn_recurrence *u, cursor *c) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  int64_t steps = q->batch * q->time;
  u->gates = u->sums = take(c, steps * u->row);
  if (keeps_sums(u->layer)) u->sums = take(c, steps * u->row);
  for (int i = 0; i < cell->states; i++)
    u->states[i] = cell->states_in_gates ? u->gates : take(c, steps * q->width);
  if (cell->squashes) u->squashed = take(c, steps * q->width);
  if (u->call->input_count > 1 || u->layer->stateful)
    u->initial = take(c, cell->states * q->batch * q->width);
  if (u->input_masks) u->input_factors = take(c, u->input_masks * q->batch * q->features);
  if (u->recurrent_masks) u->recurrent_factors = take(c, u->recurrent_masks * q->batch * q->width);
}

/* room for a copy of what dropout lets through: of the input, or of the states; in forward of one step's */
static int64_t masked_size(const rnn_recurrence *u, bool backward) {
  const rnn_sequence *q = &u->q;
  int64_t steps = q->batch * q->time;
  int64_t input = u->input_masks ? steps * q->features : 0;
  int64_t state = u->recurrent_masks ? (backward ? steps : q->batch) * q->width : 0;
  return input > state ? input : state;
}

static void lay_out_scratch(rnn_recurrence *u, cursor *c, bool backward) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  int64_t packed = cell->gates * q->width;
  u->recurrent = take(c, backward ? packed * q->width : q->units * packed);
  u->kernel = take(c, q->features * packed);
  u->zeros = take(c, q->width);
  u->masked = take(c, masked_size(u, backward));
  if (!backward) {
    u->bias = take(c, u->row);
    return;
  }
  u->slopes = take(c, q->batch * q->time * u->row);
  u->gradient = take(c, (q->features > q->units ? q->features : q->units) * packed + u->row);
  for (int i = 0; i < cell->states; i++) u->dstates[i] = take(c, q->batch * q->width);
  u->pending = take(c, q->batch * q->width);
}

rnn_status rnn_recurrent_plan(rnn_context *cx, const void *self, rnn_call *call) {
  rnn_recurrence u = {.cx = cx, .layer = self, .call = call};
  cursor saved = {0}, forward = {0}, backward = {0};
  describe(&u);
  lay_out_saved(&u, &saved);
  lay_out_scratch(&u, &forward, false);
  if (call->keeps) lay_out_scratch(&u, &backward, true);
  call->saved_size = saved.used;
  call->scratch_size = backward.used > forward.used ? backward.used : forward.used;
  return RNN_OK;
}

rnn_recurrence rnn_start_run(rnn_context *cx, const void *self, rnn_call *call, bool backward) {
  rnn_recurrence u = {.cx = cx, .layer = self, .call = call};
  describe(&u);
  lay_out_saved(&u, &(cursor){call->saved, 0});
  lay_out_scratch(&u, &(cursor){call->scratch, 0}, backward);
  bool carried = u.layer->stateful && call->states && call->states[0];
  u.has_initial = call->input_count > 1 || carried;
  if (!u.has_initial) memset(u.zeros, 0, sizeof(float) * (size_t)u.q.width);
  return u;
}

/* ---- tiles --------------------------------------------------------------------------------------------- */

/* Rows of the batch that one thread takes through all timesteps: a function of the shape alone; all
** of them where there is too little to share. */
static int64_t tile_rows(const rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  int64_t work = q->time * q->units * q->units * u->cell->gates; /* multiply-adds of one row */
  if (q->batch < 2 || work * q->batch < 100000) return q->batch > 0 ? q->batch : 1;
  return q->batch <= 16 ? (q->batch + 1) / 2 : 16;
}

typedef struct tiling {
  rnn_recurrence *u;
  int64_t rows;
  rnn_status (*f)(rnn_recurrence *u, int64_t first, int64_t rows);
} tiling;

static void run_tile(void *data, int64_t tile) {
  const tiling *t = data;
  int64_t first = tile * t->rows, left = t->u->q.batch - first;
  rnn_status status = t->f(t->u, first, left < t->rows ? left : t->rows);
  if (status != RNN_OK) __atomic_store_n(&t->u->status, status, __ATOMIC_RELAXED);
}

rnn_status rnn_run_tiles(rnn_recurrence *u, rnn_status (*f)(rnn_recurrence *u, int64_t first, int64_t rows)) {
  tiling t = {u, tile_rows(u), f};
  u->cx->host->parallel_for(u->cx, (u->q.batch + t.rows - 1) / t.rows, run_tile, &t);
  return u->status;
}

rnn_status rnn_by_mask(rnn_recurrence *u, int64_t first, int64_t rows, int64_t s, rnn_step step, rnn_step carry) {
  if (u->mask == NULL) return step(u, first, rows, s);
  for (int64_t b = first, end; b < first + rows; b = end) {
    bool skip = rnn_skips(u, b, s);
    for (end = b + 1; end < first + rows && rnn_skips(u, end, s) == skip; end++) continue;
    rnn_try((skip ? carry : step)(u, b, end - b, s));
  }
  return RNN_OK;
}

/* ---- packed weights ---------------------------------------------------------------------------------------- */

void rnn_pack_gates(const rnn_recurrence *u, int64_t rows, const float *from, const int *slot, int at, float *to) {
  int64_t units = u->q.units, width = u->q.width, gates = u->cell->gates;
  size_t tail = sizeof(float) * (size_t)(width - units);
  for (int64_t r = 0; r < rows; r++, to += gates * width)
    for (int64_t g = 0; g < gates; g++, from += units) {
      float *place = to + (slot[g] - at) * width;
      memcpy(place, from, sizeof(float) * (size_t)units);
      memset(place + units, 0, tail);
    }
}

void rnn_pack_transposed(const rnn_recurrence *u, const float *from, float *to) {
  int64_t units = u->q.units, width = u->q.width, gates = u->cell->gates;
  if (gates > 1 || width > units) memset(to, 0, sizeof(float) * (size_t)(gates * width * width));
  for (int64_t g = 0; g < gates; g++) {
    float *place = to + (u->cell->recurrent_slot[g] - u->cell->recurrent_at) * width * width;
    for (int64_t c = 0; c < units; c++)
      for (int64_t r = 0; r < units; r++) place[c * width + r] = from[(r * gates + g) * units + c];
  }
}

void rnn_add_gates(const rnn_recurrence *u, int64_t rows, const float *from, const int *slot, int at, int first,
                   int count, float *to) {
  int64_t units = u->q.units, width = u->q.width, gates = u->cell->gates;
  for (int64_t r = 0; r < rows; r++, from += gates * width)
    for (int64_t g = first; g < first + count; g++)
      rnn_add_rows(1, units, from + (slot[g] - at) * width, to + (r * gates + g) * units);
}
