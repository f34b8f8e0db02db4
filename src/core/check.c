/* check.c - whether a component of the smaller kinds does what rnnlua.h says */
#include "core/check.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/context.h"
#include "core/random.h"
#include "core/registry.h"
#include "core/slope.h"
#include "core/yard.h"

/* What all of them have at hand: arrays of ROWS × COLUMNS. */
#define ROWS 3
#define COLUMNS 4
#define SIZE (ROWS * COLUMNS)
static const rnn_shape matrix = {2, {ROWS, COLUMNS}};

typedef struct bench {
  const rnn_component *component;
  rnn_yard yard;
  float *x, *y, *again, *dy, *dx, *weights;
  double total; /* what slopes are of */
} bench;

static rnn_status add(rnn_context *cx, bench *b, float **array, int64_t size, const char *name) {
  *array = rnn_yard_add(cx, &b->yard, size, name, -1);
  return *array ? RNN_OK : RNN_NO_MEMORY;
}

static rnn_status same(rnn_context *cx, int64_t n, const float *a, const float *b, const char *what) {
  if (memcmp(a, b, sizeof *a * (size_t)n) == 0) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "%s", what);
}

/* ---- activations -------------------------------------------------------------------------------------------- */

static rnn_status activation_value(rnn_context *cx, void *owner, double *value) {
  bench *b = owner;
  const rnn_activation_type *type = (const rnn_activation_type *)b->component->type;
  rnn_try(rnn_ask(cx, type->forward(cx, b->component->self, ROWS, COLUMNS, b->x, b->y)));
  *value = 0;
  for (int i = 0; i < SIZE; i++) *value += (double)b->dy[i] * b->y[i];
  return RNN_OK;
}

static rnn_status activation_in_place(rnn_context *cx, bench *b, const rnn_activation_type *type) {
  const void *self = b->component->self;
  memcpy(b->again, b->x, sizeof(float) * SIZE);
  rnn_try(rnn_ask(cx, type->forward(cx, self, ROWS, COLUMNS, b->again, b->again)));
  rnn_try(same(cx, SIZE, b->y, b->again, "forward gives something else where y is x"));
  memcpy(b->again, b->dy, sizeof(float) * SIZE);
  rnn_try(rnn_ask(cx, type->backward(cx, self, ROWS, COLUMNS, type->flags & RNN_READS_INPUT ? b->x : NULL,
                         type->flags & RNN_READS_OUTPUT ? b->y : NULL, b->again, b->again)));
  return same(cx, SIZE, b->dx, b->again, "backward gives something else where dx is dy");
}

static rnn_status check_activation(rnn_context *cx, bench *b) {
  const rnn_activation_type *type = (const rnn_activation_type *)b->component->type;
  const void *self = b->component->self;
  for (int i = 0; i < SIZE; i++) b->x[i] *= 3;
  rnn_try(rnn_ask(cx, type->forward(cx, self, ROWS, COLUMNS, b->x, b->y)));
  rnn_try(rnn_yard_check(cx, &b->yard, "forward"));
  rnn_try(rnn_yard_check_written(cx, &b->yard, b->y, "forward"));
  rnn_try(rnn_ask(cx, type->forward(cx, self, ROWS, COLUMNS, b->x, b->again)));
  rnn_try(same(cx, SIZE, b->y, b->again, "forward gives something else in a second call on the same"));
  rnn_try(rnn_ask(cx, type->backward(cx, self, ROWS, COLUMNS, type->flags & RNN_READS_INPUT ? b->x : NULL,
                         type->flags & RNN_READS_OUTPUT ? b->y : NULL, b->dy, b->dx)));
  rnn_try(rnn_yard_check(cx, &b->yard, "backward"));
  rnn_try(rnn_yard_check_written(cx, &b->yard, b->dx, "backward"));
  rnn_slope slope = {activation_value, b};
  rnn_try(rnn_compare_slopes(cx, &slope, SIZE, b->x, b->dx, "the input"));
  rnn_try(activation_value(cx, b, &b->total));
  return activation_in_place(cx, b, type);
}

/* ---- initializers, regularizers, constraints -------------------------------------------------------------------- */

static rnn_status check_initializer(rnn_context *cx, bench *b) {
  static const rnn_shape shapes[] = {{2, {3, 4}}, {2, {4, 3}}, {1, {5}}, {3, {2, 2, 3}}};
  const rnn_initializer_type *type = (const rnn_initializer_type *)b->component->type;
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
    float *first, *second;
    int64_t size = rnn_size(&shapes[i]);
    uint64_t before[2], after[2];
    rnn_random_state(before);
    rnn_try(add(cx, b, &first, size, "the weight"));
    rnn_try(add(cx, b, &second, size, "the weight"));
    if (rnn_ask(cx, type->fill(cx, b->component->self, &shapes[i], 7, first)) != RNN_OK && i > 0)
      continue; /* for matrices alone */
    rnn_try(rnn_ask(cx, type->fill(cx, b->component->self, &shapes[i], 7, second)));
    rnn_try(rnn_yard_check(cx, &b->yard, "fill"));
    rnn_try(rnn_yard_check_written(cx, &b->yard, second, "fill"));
    rnn_random_state(after);
    if (before[1] == after[1]) /* a Lua function draws from the global stream */
      rnn_try(same(cx, size, first, second, "fill gives something else for the same key"));
  }
  return RNN_OK;
}

static rnn_status penalty_value(rnn_context *cx, void *owner, double *value) {
  bench *b = owner;
  const rnn_regularizer_type *type = (const rnn_regularizer_type *)b->component->type;
  *value = 0;
  return rnn_ask(cx, type->apply(cx, b->component->self, &matrix, b->x, 1, value, NULL));
}

static rnn_status check_regularizer(rnn_context *cx, bench *b) {
  const rnn_regularizer_type *type = (const rnn_regularizer_type *)b->component->type;
  double penalty = 10, alone;
  for (int i = 0; i < SIZE; i++) b->dx[i] = 1;
  rnn_try(rnn_ask(cx, type->apply(cx, b->component->self, &matrix, b->x, 0.5f, &penalty, b->dx)));
  rnn_try(rnn_yard_check(cx, &b->yard, "apply"));
  rnn_try(rnn_yard_check_written(cx, &b->yard, b->dx, "apply"));
  rnn_try(penalty_value(cx, b, &alone));
  if (!isfinite(alone)) return rnn_fail(cx, RNN_INVALID, "the penalty is %g", alone);
  if (fabs(penalty - 10 - alone) > 1e-6 * fmax(1, fabs(alone)))
    return rnn_fail(cx, RNN_INVALID, "the penalty is to be added to *penalty, whatever scale is: 10 became %g, 0 became %g",
                    penalty, alone);
  for (int i = 0; i < SIZE; i++) b->dx[i] = (b->dx[i] - 1) * 2; /* it was added to 1, at a scale of 0.5 */
  rnn_slope slope = {penalty_value, b};
  return rnn_compare_slopes(cx, &slope, SIZE, b->x, b->dx, "the penalty");
}

static rnn_status check_constraint(rnn_context *cx, bench *b) {
  const rnn_constraint_type *type = (const rnn_constraint_type *)b->component->type;
  for (int i = 0; i < SIZE; i++) b->again[i] = b->x[i] *= 5;
  rnn_try(rnn_ask(cx, type->apply(cx, b->component->self, &matrix, b->x)));
  rnn_try(rnn_yard_check(cx, &b->yard, "apply"));
  rnn_try(rnn_yard_check_written(cx, &b->yard, b->x, "apply"));
  rnn_try(rnn_ask(cx, type->apply(cx, b->component->self, &matrix, b->again)));
  return same(cx, SIZE, b->x, b->again, "apply gives something else in a second call on the same");
}

/* ---- losses and metrics ------------------------------------------------------------------------------------------ */

/* y_true in b->dy: probabilities, or class numbers; y_pred in b->x: probabilities too, which any loss can take */
static void fill_targets(rnn_context *cx, bench *b, rnn_target target) {
  rnn_fill_even(cx, 11, 0.15f, 0.35f, SIZE, b->x);
  rnn_fill_even(cx, 12, 0.1f, 0.4f, SIZE, b->dy);
  for (int r = 0; target == RNN_TARGET_INDEX && r < ROWS; r++) b->dy[r] = (float)((r + 1) % COLUMNS);
}

static rnn_status loss_value(rnn_context *cx, void *owner, double *value) {
  bench *b = owner;
  const rnn_loss_type *type = (const rnn_loss_type *)b->component->type;
  rnn_try(rnn_ask(cx, type->compute(cx, b->component->self, ROWS, COLUMNS, b->dy, b->x, b->weights, b->y, NULL)));
  *value = 0;
  for (int r = 0; r < ROWS; r++) *value += (double)b->weights[r] * b->y[r];
  return RNN_OK;
}

static rnn_status check_loss(rnn_context *cx, bench *b) {
  const rnn_loss_type *type = (const rnn_loss_type *)b->component->type;
  float *values;
  rnn_try(add(cx, b, &values, ROWS, "values"));
  fill_targets(cx, b, type->target);
  for (int r = 0; r < ROWS; r++) b->weights[r] = (float)(r + 1);
  rnn_try(rnn_ask(cx, type->compute(cx, b->component->self, ROWS, COLUMNS, b->dy, b->x, b->weights, values, b->dx)));
  rnn_try(rnn_yard_check(cx, &b->yard, "compute"));
  rnn_try(rnn_yard_check_written(cx, &b->yard, values, "compute"));
  rnn_try(rnn_yard_check_written(cx, &b->yard, b->dx, "compute"));
  rnn_try(loss_value(cx, b, &b->total));
  rnn_try(same(cx, ROWS, values, b->y, "values are others where d_pred is NULL"));
  rnn_slope slope = {loss_value, b};
  rnn_try(rnn_compare_slopes(cx, &slope, SIZE, b->x, b->dx, "y_pred"));
  rnn_try(rnn_ask(cx, type->compute(cx, b->component->self, ROWS, COLUMNS, b->dy, b->x, NULL, b->y, NULL)));
  return same(cx, ROWS, values, b->y, "values are others where weights are NULL: they are to be unweighted");
}

static rnn_status check_metric(rnn_context *cx, bench *b) {
  const rnn_metric_type *type = (const rnn_metric_type *)b->component->type;
  const void *self = b->component->self;
  int64_t size = type->state_size(self, COLUMNS);
  double *state;
  if (size < 0 || size > 1000000) return rnn_fail(cx, RNN_INVALID, "state_size gives %lld", (long long)size);
  state = rnn_yard_add_doubles(cx, &b->yard, size, "the state");
  if (state == NULL) return RNN_NO_MEMORY;
  fill_targets(cx, b, type->target);
  for (int r = 0; r < ROWS; r++) b->weights[r] = (float)(r + 1);
  for (int i = 0; i < 2; i++) {
    rnn_try(rnn_ask(cx, type->update(cx, self, ROWS, COLUMNS, b->dy, b->x, i ? b->weights : NULL, state)));
    rnn_try(rnn_yard_check(cx, &b->yard, "update"));
    double result = type->result(self, COLUMNS, state);
    if (!isfinite(result)) return rnn_fail(cx, RNN_INVALID, "the result after %d %s is %g", i + 1, i ? "batches" : "batch", result);
  }
  return RNN_OK;
}

/* ---- optimizers and schedules --------------------------------------------------------------------------------------- */

enum { MOST_SLOTS = 16, STEPS = 200 };

static rnn_status add_slots(rnn_context *cx, bench *b, float *slots[MOST_SLOTS]) {
  const rnn_optimizer_type *type = (const rnn_optimizer_type *)b->component->type;
  int count = type->slot_count ? type->slot_count(b->component->self) : 0;
  if (count < 0 || count > MOST_SLOTS)
    return rnn_fail(cx, RNN_INVALID, "slot_count gives %d; 0 to %d can be checked", count, MOST_SLOTS);
  for (int s = 0; s < count; s++) {
    rnn_try(add(cx, b, &slots[s], SIZE, "a slot"));
    for (int i = 0; i < SIZE; i++) slots[s][i] = type->slot_start ? type->slot_start(b->component->self, s) : 0;
  }
  return RNN_OK;
}

/* half the squared distance of the weights from b->y; its gradient goes to b->dx */
static double quadratic(bench *b) {
  double sum = 0;
  for (int i = 0; i < SIZE; i++) {
    b->dx[i] = b->x[i] - b->y[i];
    sum += 0.5 * b->dx[i] * b->dx[i];
  }
  return sum;
}

static rnn_status check_optimizer(rnn_context *cx, bench *b) {
  const rnn_optimizer_type *type = (const rnn_optimizer_type *)b->component->type;
  const rnn_rate *rate = b->component->self;
  float *slots[MOST_SLOTS];
  rnn_try(add_slots(cx, b, slots));
  for (int i = 0; i < SIZE; i++) { /* from 0, where Ftrl begins whatever the weights are */
    b->x[i] = 0;
    b->y[i] = i % 2 ? 1.0f : -1.0f;
  }
  double before = quadratic(b), after = before;
  rnn_update u = {.size = sizeof u, .count = SIZE, .weights = b->x, .gradients = b->dx, .slots = slots,
                  .learning_rate = rate->schedule || rate->value == 0 ? 0.01f : (float)rate->value, .shape = &matrix};
  for (u.step = 1; u.step <= STEPS; u.step++) {
    memcpy(b->again, b->dx, sizeof(float) * SIZE);
    rnn_try(rnn_ask(cx, type->update(cx, b->component->self, &u)));
    rnn_try(rnn_yard_check(cx, &b->yard, "update"));
    rnn_try(rnn_yard_check_written(cx, &b->yard, b->x, "update"));
    rnn_try(same(cx, SIZE, b->again, b->dx, "update changes the gradients"));
    after = quadratic(b);
  }
  if (after < before) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "%d steps on a quadratic make it larger: %.6g, then %.6g", STEPS, before, after);
}

static rnn_status check_schedule(rnn_context *cx, bench *b) {
  static const int64_t steps[] = {0, 1, 2, 10, 100, 1000, 1000000};
  enum { COUNT = sizeof steps / sizeof steps[0] };
  const rnn_schedule_type *type = (const rnn_schedule_type *)b->component->type;
  double rates[COUNT];
  for (int i = 0; i < COUNT; i++) {
    double rate = NAN, again = NAN;
    rnn_try(rnn_ask(cx, type->rate(cx, b->component->self, steps[i], &rate)));
    rnn_try(rnn_ask(cx, type->rate(cx, b->component->self, steps[i], &again)));
    if (!isfinite(rate) || rate < 0)
      return rnn_fail(cx, RNN_INVALID, "the rate of step %lld is %g", (long long)steps[i], rate);
    if (rate != again)
      return rnn_fail(cx, RNN_INVALID, "the rate of step %lld is %g, then %g", (long long)steps[i], rate, again);
    rates[i] = rate;
  }
  for (int i = COUNT - 1; i >= 0; i--) {
    double rate = NAN;
    rnn_try(type->rate(cx, b->component->self, steps[i], &rate));
    if (rate != rates[i])
      return rnn_fail(cx, RNN_INVALID, "the rate of step %lld is %g, then %g where steps come in another order",
                      (long long)steps[i], rates[i], rate);
  }
  return RNN_OK;
}

/* ---- all of them -------------------------------------------------------------------------------------------------------- */

static rnn_status open_bench(rnn_context *cx, bench *b) {
  rnn_try(add(cx, b, &b->x, SIZE, "x"));
  rnn_try(add(cx, b, &b->y, SIZE, "y"));
  rnn_try(add(cx, b, &b->again, SIZE, "y"));
  rnn_try(add(cx, b, &b->dy, SIZE, "dy"));
  rnn_try(add(cx, b, &b->dx, SIZE, "the gradient"));
  rnn_try(add(cx, b, &b->weights, ROWS, "the weights of rows"));
  rnn_fill_even(cx, 8, -1, 1, SIZE, b->x);
  rnn_fill_even(cx, 9, 0.5f, 1.5f, SIZE, b->dy);
  return RNN_OK;
}

rnn_status rnn_check_component(rnn_context *cx, const rnn_component *component) {
  static rnn_status (*const checks[RNN_KIND_COUNT])(rnn_context *, bench *) = {
      [RNN_ACTIVATION] = check_activation, [RNN_INITIALIZER] = check_initializer,
      [RNN_REGULARIZER] = check_regularizer, [RNN_CONSTRAINT] = check_constraint, [RNN_LOSS] = check_loss,
      [RNN_METRIC] = check_metric, [RNN_OPTIMIZER] = check_optimizer, [RNN_SCHEDULE] = check_schedule};
  bench b = {.component = component};
  if (checks[component->type->kind] == NULL)
    return rnn_fail(cx, RNN_INVALID, "%ss are checked in another way", rnn_kind_name(component->type->kind));
  rnn_status status = open_bench(cx, &b);
  if (status == RNN_OK) status = checks[component->type->kind](cx, &b);
  rnn_yard_clear(&b.yard);
  return status;
}
