/* run.c - where everything of a recurrent layer's call lies, and its tiles */
#include <string.h>

#include "layers/rnn/rnn.h"
#include "layers/rnn/steps_mask.h"

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

/* ---- tiles --------------------------------------------------------------------------------------------- */

#define ENOUGH_WORK 100000  /* multiply-adds that are worth a second thread */
#define LARGE_WEIGHTS 262144 /* numbers that leave the second-level cache: the more rows read them, the better */

/* Rows of the batch that one thread takes through all timesteps: a function of the shape alone; all
** of them where there is too little to share. */
static int64_t tile_rows(const rnn_recurrence *u) {
  const rnn_sequence *q = &u->q;
  int64_t weights = (q->features + q->units) * q->units * u->cell->gates, most = weights > LARGE_WEIGHTS ? 32 : 16;
  if (q->batch < 2 || weights * q->time * q->batch < ENOUGH_WORK) return q->batch > 0 ? q->batch : 1;
  return q->batch <= most ? (q->batch + 1) / 2 : most;
}

#define FEW_ROWS 8 /* sequences times timesteps: for fewer, packing the weights costs more than it saves */

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
  u->q.span = u->q.features + u->q.width;
  u->q.tile = tile_rows(u);
  u->row = r->cell->slots * u->q.width;
  u->input_masks = mask_count(r, u->call, r->dropout);
  u->recurrent_masks = mask_count(r, u->call, r->recurrent_dropout);
  u->parts = u->recurrent_masks ? r->cell->gates : 1;
  u->direct = !u->call->training && u->q.batch * u->q.time < FEW_ROWS;
  u->keeps_gates = u->call->keeps && (!r->cell->gates_are_h || keeps_sums(r));
}

/* ---- layout ------------------------------------------------------------------------------------------ */

static void lay_out_saved(rnn_recurrence *u, cursor *c) {
  const rnn_sequence *q = &u->q;
  const rnn_cell *cell = u->cell;
  bool all = u->call->keeps;
  int64_t steps = (all ? q->time : 2) * q->batch;
  u->joint = take(c, (all ? steps + q->batch : steps) * q->span);
  u->gates = u->sums = take(c, (u->keeps_gates ? steps : 2 * q->batch) * u->row);
  if (all && keeps_sums(u->layer) && !cell->gates_are_h) u->sums = take(c, steps * u->row);
  if (cell->states > 1) u->cells = take(c, steps * q->width);
  if (cell->squashes) u->squashed = take(c, steps * q->width);
  if (cell->states > 1) u->initial = take(c, q->batch * q->width);
  if (u->input_masks) u->input_factors = take(c, u->input_masks * q->batch * q->features);
  if (u->recurrent_masks) u->recurrent_factors = take(c, u->recurrent_masks * q->batch * q->width);
}

/* room for copies of x and h of which dropout masks some: of one step, or of all where gradients of weights are made */
static int64_t masked_size(const rnn_recurrence *u, bool backward) {
  const rnn_sequence *q = &u->q;
  if (u->input_masks + u->recurrent_masks == 0) return 0;
  return (backward ? q->time : 1) * q->batch * q->span;
}

static int64_t tiles(const rnn_sequence *q) { return (q->batch + q->tile - 1) / q->tile; }

static void lay_out_scratch(rnn_recurrence *u, cursor *c, bool backward) {
  const rnn_sequence *q = &u->q;
  int64_t vector = 4 << u->cx->host->cpu_level, features = (q->features + vector - 1) & -vector;
  u->weights = backward ? (rnn_packed){.rows = u->row, .columns = q->width + features}
                        : (rnn_packed){.rows = q->features + q->units, .columns = u->row};
  if (backward || !u->direct) u->weights.data = take(c, u->weights.rows * u->weights.columns);
  u->zeros = take(c, q->width);
  u->masked = take(c, masked_size(u, backward));
  if (!backward) {
    u->bias = u->bias_room = take(c, u->row);
    u->begun = take(c, q->batch);
    return;
  }
  u->slopes = take(c, q->batch * q->time * u->row);
  u->gradient = take(c, (q->features + q->units) * u->row);
  u->bias_sums = take(c, tiles(q) * u->row);
  for (int i = 0; i < u->cell->states; i++) u->dstates[i] = take(c, q->batch * q->width);
  u->pending = take(c, q->batch * q->width);
}

/* What a call record keeps: where everything lies, in forward and in backward, as long as saved and scratch stay where
** they were. A step of a stream would spend a quarter of its time on finding that out. */
typedef struct record {
  const rnn_host *host;
  rnn_recurrence runs[2];
} record;

rnn_status rnn_recurrent_plan(rnn_context *cx, const void *self, rnn_call *call) {
  rnn_recurrence u = {.cx = cx, .layer = self, .call = call};
  cursor saved = {0}, forward = {0}, backward = {0};
  describe(&u);
  lay_out_saved(&u, &saved);
  lay_out_scratch(&u, &forward, false);
  if (call->keeps) lay_out_scratch(&u, &backward, true);
  call->saved_size = saved.used;
  call->scratch_size = backward.used > forward.used ? backward.used : forward.used;
  if (call->memory == NULL) call->memory = cx->host->allocate(cx, sizeof(record));
  if (call->memory == NULL) return RNN_NO_MEMORY;
  *(record *)call->memory = (record){.host = cx->host};
  return RNN_OK;
}

void rnn_recurrent_forget(const void *self, rnn_call *call) {
  (void)self;
  record *r = call->memory;
  if (r) r->host->release(r);
  call->memory = NULL;
}

/* anything that an earlier run of the record may not have seen */
static bool is_stale(const rnn_recurrence *u, const rnn_call *call) {
  return u->call != call || u->saved != call->saved || u->scratch != call->scratch || u->training != call->training;
}

static void lay_out(rnn_recurrence *u, rnn_context *cx, const void *self, rnn_call *call, bool backward) {
  *u = (rnn_recurrence){.cx = cx, .layer = self, .call = call, .saved = call->saved, .scratch = call->scratch,
                        .training = call->training};
  describe(u);
  lay_out_saved(u, &(cursor){call->saved, 0});
  lay_out_scratch(u, &(cursor){call->scratch, 0}, backward);
}

rnn_recurrence *rnn_start_run(rnn_context *cx, const void *self, rnn_call *call, bool backward) {
  record *r = call->memory;
  rnn_recurrence *u = &r->runs[backward];
  if (is_stale(u, call)) lay_out(u, cx, self, call, backward);
  bool carried = call->states && call->states[0]; /* stateful, or inside of a layer that carries states for it */
  u->cx = cx;
  u->status = RNN_OK;
  u->mask = rnn_steps_mask(call);
  u->has_initial = call->input_count > 1 || carried;
  if (!u->has_initial) memset(u->zeros, 0, sizeof(float) * (size_t)u->q.width);
  return u;
}

/* ---- through the tiles ------------------------------------------------------------------------------------- */

typedef struct tiling {
  rnn_recurrence *u;
  rnn_status (*f)(rnn_recurrence *u, int64_t first, int64_t rows);
} tiling;

static void run_tile(void *data, int64_t tile) {
  const tiling *t = data;
  int64_t most = t->u->q.tile, first = tile * most, left = t->u->q.batch - first;
  rnn_status status = t->f(t->u, first, left < most ? left : most);
  if (status != RNN_OK) __atomic_store_n(&t->u->status, status, __ATOMIC_RELAXED);
}

rnn_status rnn_run_tiles(rnn_recurrence *u, rnn_status (*f)(rnn_recurrence *u, int64_t first, int64_t rows)) {
  tiling t = {u, f};
  u->cx->host->parallel_for(u->cx, tiles(&u->q), run_tile, &t);
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
