/* confusion.c - counts of right and wrong answers to yes-or-no questions, and what follows from them */
#include <math.h>

#include "metrics/metrics.h"

/* One number for each threshold: weights of true positives, then false positives, true negatives, false negatives. */
enum { TP, FP, TN, FN, CELLS };

typedef struct confusion_self {
  rnn_numbers thresholds;
  int64_t top_k, class_id;
} confusion_self;

#define THRESHOLDS_ARG                                                                                     \
  {"thresholds", RNN_ARG_NUMBERS, offsetof(confusion_self, thresholds), "nil", "[0, 1]", 0,                \
   "y_pred above it means yes; several give several results; nil: 0.5"}

static const rnn_arg count_args[] = {THRESHOLDS_ARG};
static const rnn_arg rate_args[] = {
    THRESHOLDS_ARG,
    {"top_k", RNN_ARG_INTEGER, offsetof(confusion_self, top_k), "nil", "[1, inf)", 0,
     "only the top_k largest of a row can mean yes"},
    {"class_id", RNN_ARG_INTEGER, offsetof(confusion_self, class_id), "nil", "[0, inf)", 0,
     "count this column alone, from 0"},
};

static rnn_status check_count(rnn_context *cx, void *self) {
  (void)cx;
  confusion_self *a = self;
  a->top_k = a->class_id = RNN_NIL_INTEGER;
  return RNN_OK;
}

static int64_t threshold_count(const confusion_self *a) { return a->thresholds.values ? a->thresholds.count : 1; }

static float threshold(const confusion_self *a, int64_t i) {
  if (a->thresholds.values) return (float)a->thresholds.values[i];
  return a->top_k == RNN_NIL_INTEGER ? 0.5f : -INFINITY;
}

static int64_t state_size(const void *self, int64_t columns) {
  (void)columns;
  return CELLS * threshold_count(self);
}

/* whether fewer than k of the row come before x[at]: larger ones, and equal ones further to the left */
static bool is_among_largest(int64_t n, const float *x, int64_t at, int64_t k) {
  int64_t before = 0;
  for (int64_t i = 0; i < n; i++) before += x[i] > x[at] || (x[i] == x[at] && i < at);
  return before < k;
}

static void count_one(const confusion_self *a, bool is_true, float p, bool eligible, double weight, double *state) {
  for (int64_t i = 0; i < threshold_count(a); i++, state += CELLS) {
    bool yes = eligible && p > threshold(a, i);
    state[is_true ? (yes ? TP : FN) : (yes ? FP : TN)] += weight;
  }
}

static rnn_status update(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *y_true,
                         const float *y_pred, const float *weights, double *state) {
  const confusion_self *a = self;
  bool one = a->class_id != RNN_NIL_INTEGER;
  if (one && a->class_id >= columns)
    return rnn_fail(cx, RNN_INVALID, "class_id %lld is out of range for %lld columns", (long long)a->class_id,
                    (long long)columns);
  for (int64_t r = 0; r < rows; r++, y_true += columns, y_pred += columns) {
    double weight = weights ? weights[r] : 1;
    for (int64_t c = one ? a->class_id : 0; c < (one ? a->class_id + 1 : columns); c++) {
      bool eligible = a->top_k == RNN_NIL_INTEGER || is_among_largest(columns, y_pred, c, a->top_k);
      count_one(a, y_true[c] != 0, y_pred[c], eligible, weight, state);
    }
  }
  return RNN_OK;
}

static int64_t result_size(const void *self, int64_t columns) {
  (void)columns;
  return threshold_count(self);
}

/* ---- the counts themselves, and precision and recall -------------------------------------------------- */

static double share(double part, double rest) { return part + rest == 0 ? 0 : part / (part + rest); }

#define RESULT(NAME, EXPRESSION)                                                                        \
  static void NAME(const void *self, int64_t columns, const double *state, double *out) {              \
    (void)columns;                                                                                      \
    for (int64_t i = 0; i < threshold_count(self); i++, state += CELLS) out[i] = EXPRESSION;            \
  }                                                                                                     \
  static double NAME##_first(const void *self, int64_t columns, const double *state) {                 \
    (void)self, (void)columns;                                                                          \
    return EXPRESSION;                                                                                  \
  }

RESULT(true_positives, state[TP])
RESULT(false_positives, state[FP])
RESULT(true_negatives, state[TN])
RESULT(false_negatives, state[FN])
RESULT(precision, share(state[TP], state[FP]))
RESULT(recall, share(state[TP], state[FN]))

#define TYPE(VARIABLE, NAME, ALIAS, RESULT_OF, ARGS, POSITIONAL, CHECK, FLAGS, DOC)                      \
  const rnn_metric_type VARIABLE = {                                                                    \
      .type = {METRIC(NAME), .aliases = ALIAS, .doc = DOC, RNN_ARGUMENTS(ARGS, confusion_self),         \
               .positional = POSITIONAL, .check = CHECK},                                               \
      .state_size = state_size, .update = update, .result = RESULT_OF##_first,                          \
      .flags = RNN_METRIC_IGNORES_MASK | (FLAGS), .result_size = result_size, .results = RESULT_OF};

TYPE(rnn_true_positives, "TruePositives", "true_positives", true_positives, count_args, 1, check_count, 0,
     "how many of y_true are 1 and y_pred says so")
TYPE(rnn_false_positives, "FalsePositives", "false_positives", false_positives, count_args, 1, check_count, 0,
     "how many of y_true are 0 where y_pred says 1")
TYPE(rnn_true_negatives, "TrueNegatives", "true_negatives", true_negatives, count_args, 1, check_count, 0,
     "how many of y_true are 0 and y_pred says so")
TYPE(rnn_false_negatives, "FalseNegatives", "false_negatives", false_negatives, count_args, 1, check_count, 0,
     "how many of y_true are 1 where y_pred says 0")
TYPE(rnn_precision, "Precision", "precision", precision, rate_args, 3, NULL, RNN_METRIC_MAXIMIZED,
     "how many of those that y_pred calls 1 are: true positives / (true + false positives)")
TYPE(rnn_recall, "Recall", "recall", recall, rate_args, 3, NULL, RNN_METRIC_MAXIMIZED,
     "how many of those that are 1 y_pred finds: true positives / (true positives + false negatives)")
