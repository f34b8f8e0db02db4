/* fscore.c - F-beta and F1: precision and recall in one number; y_true and y_pred are rows × classes */
#include <math.h>
#include <string.h>

#include "metrics/metrics.h"

/* for each class: weights of true positives, false positives, false negatives, and of all that are true */
enum { TP, FP, FN, TRUE, CELLS };

typedef struct score_self {
  const char *average;
  double beta, threshold;
} score_self;

#define AVERAGE_ARG                                                                                     \
  {"average", RNN_ARG_STRING, offsetof(score_self, average), "nil", "micro|macro|weighted", 0,          \
   "over classes: of all counts together, the plain mean, or weighted by how often each is true; nil: none"}
#define THRESHOLD_ARG                                                                          \
  {"threshold", RNN_ARG_NUMBER, offsetof(score_self, threshold), "nil", "(0, 1]", 0,           \
   "y_pred above it means yes; nil: the largest of a row does"}

static const rnn_arg fbeta_args[] = {
    AVERAGE_ARG,
    {"beta", RNN_ARG_NUMBER, offsetof(score_self, beta), "1", "(0, inf)", 0, "how much more recall weighs than precision"},
    THRESHOLD_ARG,
};
static const rnn_arg f1_args[] = {AVERAGE_ARG, THRESHOLD_ARG};

static rnn_status check_f1(rnn_context *cx, void *self) {
  (void)cx;
  ((score_self *)self)->beta = 1;
  return RNN_OK;
}

static bool averages(const score_self *a, const char *how) { return a->average && strcmp(a->average, how) == 0; }

static int64_t state_size(const void *self, int64_t columns) {
  (void)self;
  return CELLS * columns;
}

static rnn_status update(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *y_true,
                         const float *y_pred, const float *weights, double *state) {
  (void)cx;
  const score_self *a = self;
  for (int64_t r = 0; r < rows; r++, y_true += columns, y_pred += columns) {
    double weight = weights ? weights[r] : 1;
    float largest = -INFINITY;
    for (int64_t c = 0; c < columns; c++) largest = fmaxf(largest, y_pred[c]);
    for (int64_t c = 0; c < columns; c++) {
      double *cell = state + CELLS * c, t = y_true[c];
      bool yes = isnan(a->threshold) ? y_pred[c] >= largest && fabsf(y_pred[c]) > 1e-9f
                                     : y_pred[c] > (float)a->threshold;
      cell[TP] += weight * yes * t;
      cell[FP] += weight * yes * (1 - t);
      cell[FN] += weight * !yes * t;
      cell[TRUE] += weight * t;
    }
  }
  return RNN_OK;
}

/* keras/src/metrics/f_score_metrics.py, its epsilons included */
static double score(const score_self *a, const double *cell) {
  double precision = cell[TP] / (cell[TP] + cell[FP] + 1e-7), recall = cell[TP] / (cell[TP] + cell[FN] + 1e-7);
  double square = a->beta * a->beta;
  return precision * recall / (square * precision + recall + 1e-7) * (1 + square);
}

static double micro(const score_self *a, int64_t columns, const double *state) {
  double all[CELLS] = {0};
  for (int64_t c = 0; c < columns; c++)
    for (int i = 0; i < CELLS; i++) all[i] += state[CELLS * c + i];
  return score(a, all);
}

static double result(const void *self, int64_t columns, const double *state) {
  const score_self *a = self;
  if (averages(a, "micro")) return micro(a, columns, state);
  double total = 0, sum = 0;
  for (int64_t c = 0; c < columns; c++) total += state[CELLS * c + TRUE];
  for (int64_t c = 0; c < columns; c++)
    sum += score(a, state + CELLS * c) *
           (averages(a, "weighted") ? state[CELLS * c + TRUE] / (total + 1e-7) : 1 / (double)columns);
  return sum;
}

static int64_t result_size(const void *self, int64_t columns) {
  return ((const score_self *)self)->average ? 1 : columns;
}

static void results(const void *self, int64_t columns, const double *state, double *out) {
  for (int64_t c = 0; c < columns; c++) out[c] = score(self, state + CELLS * c);
}

#define FUNCTIONS                                                                               \
  .state_size = state_size, .update = update, .result = result, .result_size = result_size,     \
  .results = results, .flags = RNN_METRIC_IGNORES_MASK | RNN_METRIC_MAXIMIZED

const rnn_metric_type rnn_fbeta_score = {
    .type = {METRIC("FBetaScore"), .aliases = "fbeta_score f_beta_score",
             .doc = "(1 + beta^2) precision recall / (beta^2 precision + recall), of each class or averaged",
             RNN_ARGUMENTS(fbeta_args, score_self), .positional = 3},
    FUNCTIONS};

const rnn_metric_type rnn_f1_score = {
    .type = {METRIC("F1Score"), .aliases = "f1_score",
             .doc = "2 precision recall / (precision + recall), of each class or averaged",
             RNN_ARGUMENTS(f1_args, score_self), .positional = 2, .check = check_f1},
    FUNCTIONS};
