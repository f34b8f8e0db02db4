/* objective.c - losses and metrics of a batch, and their running means */
#include "model/objective.h"

#include <string.h>

#include "core/alloc.h"
#include "core/component.h"
#include "core/context.h"
#include "core/reduction.h"

static const rnn_loss_type *loss_type(const rnn_component *c) {
  return (const rnn_loss_type *)c->type;
}
static const rnn_metric_type *metric_type(const rnn_component *c) {
  return (const rnn_metric_type *)c->type;
}

bool rnn_needs_index(const rnn_component *judge) {
  rnn_target target =
      judge->type->kind == RNN_LOSS ? loss_type(judge)->target : metric_type(judge)->target;
  return target == RNN_TARGET_INDEX;
}

/* ---- a batch ---------------------------------------------------------------------------------------- */

/* Weights of rows for a metric, 0 where the mask says so; NULL: all 1 (MeanMetricWrapper in
** keras/src/metrics/reduction_metrics.py). */
static const float *metric_weights(const rnn_meter *m, const rnn_judged *b) {
  const float *weights = m->weighted ? b->weights : NULL;
  if (b->mask == NULL || metric_type(m->component)->flags & RNN_METRIC_IGNORES_MASK) return weights;
  for (int64_t r = 0; r < b->rows; r++) b->scale[r] = b->mask[r] ? (weights ? weights[r] : 1) : 0;
  return b->scale;
}

/* adds values × weights, and weights, to the state of a loss that is reported as a metric */
static void count_values(rnn_meter *m, const rnn_judged *b) {
  const float *weights = m->weighted ? b->weights : NULL;
  rnn_reduction reduction = rnn_reduction_of(m->component, b->rows, b->target, weights, b->mask);
  double sum = 0, weight = 0;
  for (int64_t r = 0; r < b->rows; r++) {
    double w = rnn_reduction_counts(&reduction, r) ? (weights ? weights[r] : 1) : 0;
    sum += w * b->values[r];
    weight += w;
  }
  m->state[0] += sum;
  m->state[1] += weight;
}

static rnn_status judge_loss(rnn_context *cx, rnn_goal *goal, const rnn_judged *b, double *total) {
  rnn_reduction reduction = rnn_reduction_of(goal->loss, b->rows, b->target, b->weights, b->mask);
  float factor = (float)(goal->loss_weight / reduction.divisor);
  for (int64_t r = 0; b->gradient && r < b->rows; r++)
    b->scale[r] = factor * rnn_reduction_weight(&reduction, r);
  rnn_try(rnn_ask(cx, loss_type(goal->loss)->compute(cx, goal->loss->self, b->rows, b->columns, b->target,
                                         goal->takes_sums ? b->sums : b->prediction, b->scale,
                                         b->values, b->gradient)));
  double sum = 0;
  for (int64_t r = 0; r < b->rows; r++) sum += (double)rnn_reduction_weight(&reduction, r) * b->values[r];
  double loss = sum / (reduction.by_row ? (double)b->rows : reduction.divisor);
  goal->loss_sum += loss * (double)b->samples;
  *total += goal->loss_weight * loss;
  return RNN_OK;
}

static rnn_status judge_meter(rnn_context *cx, rnn_meter *m, const rnn_judged *b) {
  const rnn_component *c = m->component;
  if (c->type->kind == RNN_METRIC)
    return rnn_ask(cx, metric_type(c)->update(cx, c->self, b->rows, b->columns, b->target, b->prediction,
                                  metric_weights(m, b), m->state));
  rnn_try(rnn_ask(cx, loss_type(c)->compute(cx, c->self, b->rows, b->columns, b->target,
                                m->takes_sums ? b->sums : b->prediction, NULL, b->values, NULL)));
  count_values(m, b);
  return RNN_OK;
}

/* logs hold one number a metric */
static rnn_status check_one_result(rnn_context *cx, const rnn_component *c, int64_t columns) {
  if (c->type->kind != RNN_METRIC || metric_type(c)->result_size == NULL) return RNN_OK;
  int64_t count = metric_type(c)->result_size(c->self, columns);
  if (count == 1) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID,
                  "%s: gives %lld numbers here and training logs one; have it give one, by an average or one threshold",
                  c->type->name, (long long)count);
}

static rnn_status size_state(rnn_context *cx, rnn_meter *m, int64_t columns) {
  if (m->state) return RNN_OK;
  const rnn_component *c = m->component;
  rnn_try(check_one_result(cx, c, columns));
  m->state_size =
      c->type->kind == RNN_METRIC ? metric_type(c)->state_size(c->self, columns) : 2;
  m->state = rnn_malloc_aligned(sizeof(double) * (size_t)m->state_size);
  if (m->state) return RNN_OK;
  return rnn_fail(cx, RNN_NO_MEMORY, "%s: not enough memory", c->type->name);
}

rnn_status rnn_goal_judge(rnn_context *cx, rnn_goal *goal, const rnn_judged *b, double *total) {
  if (goal->loss) {
    rnn_try(judge_loss(cx, goal, b, total));
  } else if (b->gradient) {
    memset(b->gradient, 0, sizeof(float) * (size_t)(b->rows * b->columns));
  }
  for (int i = 0; i < goal->meter_count; i++) {
    rnn_try(size_state(cx, &goal->meters[i], b->columns));
    rnn_try(judge_meter(cx, &goal->meters[i], b));
  }
  return RNN_OK;
}

void rnn_objective_count(rnn_objective *o, double total, int64_t samples) {
  o->loss_sum += total * (double)samples;
  o->samples += (double)samples;
}

/* ---- a pass ------------------------------------------------------------------------------------------- */

void rnn_objective_reset(rnn_objective *o) {
  o->loss_sum = o->samples = 0;
  for (int g = 0; g < o->goal_count; g++) {
    o->goals[g].loss_sum = 0;
    for (int i = 0; i < o->goals[g].meter_count; i++) {
      rnn_meter *m = &o->goals[g].meters[i];
      if (m->state) memset(m->state, 0, sizeof(double) * (size_t)m->state_size);
    }
  }
}

void rnn_objective_clear(rnn_objective *o) {
  for (int g = 0; g < o->goal_count; g++) {
    rnn_goal *goal = &o->goals[g];
    for (int i = 0; i < goal->meter_count; i++) {
      rnn_free_aligned(goal->meters[i].state);
      rnn_component_release(goal->meters[i].component);
    }
    rnn_free(goal->meters);
    rnn_component_release(goal->loss);
  }
  *o = (rnn_objective){0};
}

/* one loss needs no log beside the total */
static int loss_log_count(const rnn_objective *o) {
  int count = 0;
  for (int g = 0; g < o->goal_count; g++) count += o->goals[g].loss != NULL;
  return count > 1 ? count : 0;
}

int rnn_objective_log_count(const rnn_objective *o) {
  int count = 1 + loss_log_count(o);
  for (int g = 0; g < o->goal_count; g++) count += o->goals[g].meter_count;
  return count;
}

static double meter_value(const rnn_meter *m, int64_t columns) {
  const rnn_component *c = m->component;
  if (m->state == NULL) return 0;
  if (c->type->kind == RNN_METRIC) return metric_type(c)->result(c->self, columns, m->state);
  return m->state[1] != 0 ? m->state[0] / m->state[1] : 0;
}

void rnn_objective_logs(const rnn_objective *o, const int64_t *columns, double *out) {
  double samples = o->samples > 0 ? o->samples : 1;
  *out++ = o->loss_sum / samples;
  for (int g = 0; loss_log_count(o) > 0 && g < o->goal_count; g++)
    if (o->goals[g].loss) *out++ = o->goals[g].loss_sum / samples;
  for (int g = 0; g < o->goal_count; g++)
    for (int i = 0; i < o->goals[g].meter_count; i++)
      *out++ = meter_value(&o->goals[g].meters[i], columns[g]);
}
