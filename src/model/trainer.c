/* trainer.c - fits a graph to data, a batch at a time */
#include "model/trainer.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"
#include "core/denormals.h"
#include "core/host.h"
#include "core/random.h"
#include "model/logits.h"
#include "model/pass.h"
#include "model/trouble.h"

/* ---- life ------------------------------------------------------------------------------------------ */

static float *gradient_of(void *owner, const rnn_layer *layer, int weight, const rnn_slices **slices) {
  return rnn_variables_gradient(&((rnn_trainer *)owner)->variables, layer, weight, slices);
}

/* beside the plan a batch needs, for each output: target, row weights, values and scale */
static int64_t extra_size(void *owner, const rnn_plan *plan) {
  const rnn_graph *g = ((rnn_trainer *)owner)->graph;
  int64_t size = 0;
  for (int o = 0; o < g->output_count; o++) {
    const rnn_shape *shape = &plan->shapes[g->outputs[o]];
    size += rnn_size(shape) + 3 * rnn_rows(shape);
  }
  return size;
}

static bool wants_sums(void *owner, int node) {
  const rnn_trainer *t = owner;
  for (int o = 0; o < t->graph->output_count; o++)
    if (t->sums_node[o] == node) return true;
  return false;
}

/* gives losses the sums of a saturating activation where they can take them */
static rnn_status take_sums(rnn_context *cx, rnn_trainer *t) {
  for (int o = 0; o < t->graph->output_count; o++) {
    bool turned = false;
    int node = rnn_sums_node(t->graph, t->graph->outputs[o]);
    if (node >= 0) rnn_try(rnn_goal_take_sums(cx, &t->objective.goals[o], &turned));
    t->sums_node[o] = turned ? node : -1;
  }
  return RNN_OK;
}

rnn_status rnn_trainer_make(rnn_context *cx, rnn_trainer *t, const rnn_graph *g,
                            const rnn_component *optimizer, rnn_objective *objective) {
  *t = (rnn_trainer){.graph = g, .objective = *objective};
  *objective = (rnn_objective){0};
  t->training = (rnn_workspace){.graph = g,
                                .training = true,
                                .differentiates = true,
                                .gradient_of = gradient_of,
                                .extra_size = extra_size,
                                .wants_sums = wants_sums,
                                .owner = t,
                                .lengths = t->data.lengths};
  t->testing = (rnn_workspace){
      .graph = g, .extra_size = extra_size, .wants_sums = wants_sums, .owner = t, .lengths = t->data.lengths};
  for (int o = 0; o < g->output_count; o++)
    t->columns[o] = rnn_columns(&g->shapes[g->outputs[o]]);
  rnn_status status = take_sums(cx, t);
  if (status == RNN_OK) status = rnn_variables_make(cx, &t->variables, g, optimizer);
  if (status != RNN_OK) rnn_trainer_clear(t);
  return status;
}

void rnn_trainer_clear(rnn_trainer *t) {
  rnn_workspace_clear(&t->training);
  rnn_workspace_clear(&t->testing);
  rnn_variables_clear(&t->variables);
  rnn_objective_clear(&t->objective);
  rnn_free(t->order);
  rnn_free(t->trouble);
  *t = (rnn_trainer){0};
}

/* ---- passes ----------------------------------------------------------------------------------------- */

/* what may be bound again without a check */
static void note_shapes(rnn_trainer *t) {
  const rnn_data *d = &t->data;
  bool plain = d->x_count == 1 && d->y_count == 1 && !d->weights->data && !d->lengths->data;
  t->bound[0] = plain ? d->x->shape : (rnn_shape){0};
  t->bound[1] = plain ? d->y->shape : (rnn_shape){0};
}

rnn_status rnn_trainer_bind(rnn_context *cx, rnn_trainer *t, const rnn_data *data,
                            int64_t batch_size) {
  rnn_try(rnn_check_data(cx, t->graph, &t->objective, data));
  int64_t samples = data->x[0].shape.dim[0];
  if (samples > t->order_size) {
    int64_t *order = rnn_realloc(t->order, sizeof *order * (size_t)samples);
    if (order == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "fit: not enough memory");
    t->order = order;
    t->order_size = samples;
  }
  t->data = *data;
  t->samples = t->position = samples; /* no batches left until a pass starts */
  t->batch_size = batch_size;
  note_shapes(t);
  return RNN_OK;
}

void rnn_trainer_release(rnn_trainer *t) {
  t->data = (rnn_data){0};
  t->samples = t->position = 0;
}

rnn_status rnn_trainer_start(rnn_context *cx, rnn_trainer *t, bool training, bool shuffle, bool keep_means) {
  t->is_training = training;
  t->is_shuffled = shuffle;
  t->position = t->samples; /* no batches, should Ctrl-C come now */
  if (!keep_means) rnn_objective_reset(&t->objective);
  if (shuffle) rnn_try(rnn_random_permutation(cx, rnn_next_key(), t->samples, t->order));
  t->position = 0;
  return RNN_OK;
}

/* ---- a batch ------------------------------------------------------------------------------------------ */

typedef struct batch {
  rnn_trainer *trainer;
  rnn_workspace *workspace;
  rnn_plan *plan;
  int64_t first, samples;
  const int64_t *order; /* of its samples; NULL: as they come */
} batch;

static rnn_status open_batch(rnn_context *cx, rnn_trainer *t, batch *b) {
  int64_t left = t->samples - t->position;
  *b = (batch){.trainer = t,
               .workspace = t->is_training ? &t->training : &t->testing,
               .first = t->position,
               .samples = left < t->batch_size ? left : t->batch_size,
               .order = t->is_shuffled ? t->order + t->position : NULL};
  rnn_shape inputs[RNN_MAX_PORTS];
  for (int i = 0; i < t->data.x_count; i++) {
    inputs[i] = t->data.x[i].shape;
    inputs[i].dim[0] = b->samples;
  }
  b->plan = rnn_workspace_plan(cx, b->workspace, inputs);
  if (b->plan == NULL) return RNN_NO_MEMORY;
  for (int i = 0; i < t->data.x_count; i++)
    rnn_try(rnn_gather(cx, &t->data.x[i], b->order, b->first, b->samples, rnn_plan_data(b->workspace, b->plan, i)));
  rnn_plan_take_lengths(b->workspace, b->plan, b->order, b->first);
  return RNN_OK;
}

/* sample weights, one a row of the prediction */
static rnn_status gather_weights(rnn_context *cx, const batch *b, const rnn_array *weights, int64_t rows, float *to) {
  int64_t given = rnn_extent(&weights->shape, 1, weights->shape.ndim), each = rows / b->samples;
  rnn_try(rnn_gather(cx, weights, b->order, b->first, b->samples, to));
  for (int64_t r = rows - 1; given == 1 && each > 1 && r >= 0; r--) to[r] = to[r / each];
  return RNN_OK;
}

/* Judges every output of the batch; `total` becomes the loss but for penalties. */
static rnn_status judge(rnn_context *cx, const batch *b, double *total) {
  rnn_trainer *t = b->trainer;
  float *extra = b->workspace->arena + b->plan->extra_at;
  for (int o = 0; o < t->graph->output_count; o++) {
    int tensor = t->graph->outputs[o];
    const rnn_shape *shape = &b->plan->shapes[tensor];
    const rnn_array *weights = &t->data.weights[o];
    int64_t rows = rnn_rows(shape), columns = rnn_columns(shape);
    float *target = extra, *row_weights = target + rows * columns;
    rnn_try(rnn_gather(cx, &t->data.y[o], b->order, b->first, b->samples, target));
    if (weights->data) rnn_try(gather_weights(cx, b, weights, rows, row_weights));
    rnn_judged judged = {.samples = b->samples,
                         .rows = rows,
                         .columns = columns,
                         .prediction = rnn_plan_data(b->workspace, b->plan, tensor),
                         .target = target,
                         .sums = t->sums_node[o] < 0 ? NULL : b->plan->calls[t->sums_node[o]].sums,
                         .weights = weights->data ? row_weights : NULL,
                         .mask = rnn_plan_row_mask(b->plan, tensor),
                         .values = row_weights + rows,
                         .scale = row_weights + 2 * rows,
                         .gradient = rnn_plan_gradient(b->workspace, b->plan, tensor)};
    rnn_try(rnn_goal_judge(cx, &t->objective.goals[o], &judged, total));
    extra += rows * columns + 3 * rows;
  }
  return RNN_OK;
}

/* Looks where a loss that is not finite comes from, the first time. Where memory is short nothing is found: the training
** goes on, as after every such loss. */
static void look_into(rnn_trainer *t, const batch *b, double loss, double penalty) {
  if (!t->is_training || t->has_looked || isfinite(loss + penalty)) return;
  t->has_looked = true;
  rnn_suspect suspect = {b->plan, b->order, b->first, b->samples, loss, penalty};
  t->trouble_step = t->variables.iterations + 1;
  t->trouble = rnn_malloc(RNN_TROUBLE_TEXT);
  if (t->trouble) rnn_describe_trouble(t, &suspect, t->trouble);
}

void rnn_trainer_look_out(rnn_trainer *t) {
  rnn_free(t->trouble);
  t->trouble = NULL;
  t->has_looked = false;
}

static rnn_status learn(rnn_context *cx, const batch *b) {
  rnn_trainer *t = b->trainer;
  rnn_try(rnn_plan_backward(cx, b->workspace, b->plan));
  return rnn_variables_update(cx, &t->variables);
}

static rnn_status run_batch(rnn_context *cx, rnn_trainer *t) {
  batch b;
  double total = 0, penalty = 0;
  rnn_try(open_batch(cx, t, &b));
  rnn_try(rnn_plan_forward(cx, b.workspace, b.plan, &penalty));
  rnn_try(judge(cx, &b, &total));
  if (rnn_context_interrupted(cx)) return RNN_INTERRUPTED;
  look_into(t, &b, total, penalty); /* while the gradients of the step before are still there */
  if (t->is_training) rnn_variables_zero(&t->variables);
  rnn_try(rnn_variables_penalty(cx, &t->variables, t->is_training, &penalty));
  look_into(t, &b, total, penalty);
  if (t->is_training) rnn_try(learn(cx, &b));
  rnn_objective_count(&t->objective, total + penalty, b.samples);
  t->position += b.samples;
  return RNN_OK;
}

static rnn_status run_batches(rnn_context *cx, rnn_trainer *t, int64_t batches, int64_t *done) {
  for (; *done < batches && t->position < t->samples; ++*done) {
    rnn_try(run_batch(cx, t));
    if (rnn_context_interrupted(cx)) return RNN_INTERRUPTED;
  }
  return RNN_OK;
}

rnn_status rnn_trainer_run(rnn_context *cx, rnn_trainer *t, int64_t batches, int64_t *done) {
  *done = 0;
  if (t->batch_size < 1) return rnn_fail(cx, RNN_INVALID, "fit: no data is bound");
  if (t->is_training) rnn_try(rnn_variables_start(cx, &t->variables));
  RNN_WITHOUT_DENORMALS;
  t->is_running = true;
  rnn_status status = run_batches(cx, t, batches, done);
  t->is_running = false;
  return status;
}

bool rnn_trainer_knows(const rnn_trainer *t, const rnn_shape *x, const rnn_shape *y) {
  return x->ndim > 0 && rnn_same_shapes(&t->bound[0], x, 1) && rnn_same_shapes(&t->bound[1], y, 1);
}

rnn_status rnn_trainer_step(rnn_context *cx, rnn_trainer *t, const rnn_array *x, const rnn_array *y) {
  int64_t done;
  t->data = (rnn_data){.x_count = 1, .y_count = 1};
  t->data.x[0] = *x;
  t->data.y[0] = *y;
  t->samples = t->batch_size = x->shape.dim[0];
  rnn_status status = rnn_trainer_start(cx, t, true, false, false);
  if (status == RNN_OK) status = rnn_trainer_run(cx, t, 1, &done);
  rnn_trainer_release(t);
  return status;
}
