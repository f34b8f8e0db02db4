/*
** auc.c - the area under a curve of rates that a threshold runs along
** (keras/src/metrics/confusion_metrics.py, its Riemann sums included)
*/
#include <math.h>
#include <string.h>

#include "metrics/metrics.h"

/*
** State, for each label (one, unless multi_label): for each threshold, from below 0 to above 1, the weights of true and
** of false positives; then the weights of all that are true and of all that are false.
*/
typedef struct auc_self {
  int64_t num_thresholds, num_labels;
  const char *curve, *summation_method;
  rnn_numbers thresholds, label_weights;
  bool multi_label, from_logits;
} auc_self;

#define FIELD(NAME) offsetof(auc_self, NAME)
static const rnn_arg args[] = {
    {"num_thresholds", RNN_ARG_INTEGER, FIELD(num_thresholds), "200", "[2, 1e6]", 0, "points of the curve"},
    {"curve", RNN_ARG_STRING, FIELD(curve), "ROC", "ROC|PR", 0,
     "true positives over false positives, or precision over recall"},
    {"summation_method", RNN_ARG_STRING, FIELD(summation_method), "interpolation", "interpolation|minoring|majoring", 0,
     "the height between two points: their mean (for PR the interpolation of Davis and Goadrich 2006), the lower, the "
     "higher"},
    {"thresholds", RNN_ARG_NUMBERS, FIELD(thresholds), "nil", "[0, 1]", 0,
     "in place of evenly spread ones, increasing; one below 0 and one above 1 are added"},
    {"multi_label", RNN_ARG_BOOLEAN, FIELD(multi_label), "false", NULL, 0,
     "whether the columns have curves of their own, whose areas are averaged"},
    {"num_labels", RNN_ARG_INTEGER, FIELD(num_labels), "nil", "[1, inf)", 0,
     "columns, where multi_label; taken from the data if not given"},
    {"label_weights", RNN_ARG_NUMBERS, FIELD(label_weights), "nil", "[0, inf)", 0, "one a column"},
    {"from_logits", RNN_ARG_BOOLEAN, FIELD(from_logits), "false", NULL, 0, "whether y_pred is to go through sigmoid"},
};

static rnn_status check(rnn_context *cx, void *self) {
  auc_self *a = self;
  if (a->num_labels != RNN_NIL_INTEGER && !a->multi_label)
    return rnn_fail(cx, RNN_INVALID, "AUC: argument 'num_labels' is for multi_label = true");
  if (a->thresholds.values == NULL) return RNN_OK;
  for (int64_t i = 1; i < a->thresholds.count; i++)
    if (!(a->thresholds.values[i - 1] < a->thresholds.values[i]))
      return rnn_fail(cx, RNN_INVALID, "AUC: argument 'thresholds' must increase, got %g before %g",
                      a->thresholds.values[i - 1], a->thresholds.values[i]);
  a->num_thresholds = a->thresholds.count + 2;
  return RNN_OK;
}

/* ---- what was seen ------------------------------------------------------------------------------------ */

static int64_t label_count(const auc_self *a, int64_t columns) { return a->multi_label ? columns : 1; }
static int64_t label_size(const auc_self *a) { return 2 * a->num_thresholds + 2; }

static int64_t state_size(const void *self, int64_t columns) { return label_size(self) * label_count(self, columns); }

/* How many thresholds y_pred is above: at least the one below 0, never the one above 1. */
static int64_t thresholds_below(const auc_self *a, float p) {
  int64_t count = 1;
  if (a->thresholds.values == NULL) { /* evenly spread: found by division, in float32 as in Keras */
    float bucket = ceilf(fminf(fmaxf(p, 0), 1) * ((float)a->num_thresholds - 1)) - 1;
    return bucket > 0 ? (int64_t)bucket + 1 : 1;
  }
  while (count <= a->thresholds.count && p > (float)a->thresholds.values[count - 1]) count++;
  return count;
}

static void count_one(const auc_self *a, bool is_true, float p, double weight, double *label) {
  double *cells = label + (is_true ? 0 : a->num_thresholds);
  cells[thresholds_below(a, p) - 1] += weight; /* results add up what lies at higher thresholds */
  label[2 * a->num_thresholds + !is_true] += weight;
}

static rnn_status check_labels(rnn_context *cx, const auc_self *a, int64_t columns) {
  int64_t wanted = a->num_labels != RNN_NIL_INTEGER ? a->num_labels
                   : a->label_weights.values        ? a->label_weights.count
                                                    : columns;
  if (wanted == columns && (a->label_weights.values == NULL || a->label_weights.count == columns)) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "AUC: expected y_pred with %lld columns, got %lld", (long long)wanted,
                  (long long)columns);
}

static rnn_status update(rnn_context *cx, const void *self, int64_t rows, int64_t columns, const float *y_true,
                         const float *y_pred, const float *weights, double *state) {
  const auc_self *a = self;
  rnn_try(check_labels(cx, a, columns));
  for (int64_t i = 0; i < rows * columns; i++) {
    int64_t r = i / columns, c = i % columns;
    double weight = weights ? weights[r] : 1;
    if (a->label_weights.values && !a->multi_label) weight *= a->label_weights.values[c];
    float p = a->from_logits ? 1 / (1 + expf(-y_pred[i])) : y_pred[i];
    count_one(a, y_true[i] != 0, p, weight, state + (a->multi_label ? c * label_size(a) : 0));
  }
  return RNN_OK;
}

/* ---- the area ------------------------------------------------------------------------------------------- */

typedef struct point {
  double tp, fp, all_true, all_false;
} point;

static double ratio(double a, double b) { return b == 0 ? 0 : a / b; }

static double recall(const point *p) { return ratio(p->tp, p->all_true); }
static double across(const auc_self *a, const point *p) {
  return a->curve[0] == 'R' ? ratio(p->fp, p->all_false) : recall(p);
}
static double height(const auc_self *a, const point *p) {
  return a->curve[0] == 'R' ? recall(p) : ratio(p->tp, p->tp + p->fp);
}

/* the strip between two points of the PR curve, `high` the one at the higher threshold */
static double interpolated_strip(const point *low, const point *high) {
  double positive_low = low->tp + low->fp, positive_high = high->tp + high->fp, dtp = low->tp - high->tp;
  double slope = ratio(dtp, fmax(positive_low - positive_high, 0));
  double intercept = high->tp - slope * positive_high;
  double log_ratio = positive_low > 0 && positive_high > 0 ? log(positive_low / positive_high) : 0;
  return ratio(slope * (dtp + intercept * log_ratio), fmax(high->all_true, 0));
}

static double strip(const auc_self *a, const point *low, const point *high) {
  bool interpolates = a->summation_method[0] == 'i';
  if (a->curve[0] == 'P' && interpolates) return interpolated_strip(low, high);
  double x = across(a, low) - across(a, high), y1 = height(a, low), y2 = height(a, high);
  if (interpolates) return x * (y1 + y2) / 2;
  return x * (strcmp(a->summation_method, "minoring") == 0 ? fmin(y1, y2) : fmax(y1, y2));
}

static double area(const auc_self *a, const double *label) {
  const double *totals = label + 2 * a->num_thresholds;
  point high = {0, 0, totals[0], totals[1]};
  double sum = 0;
  high.tp = label[a->num_thresholds - 1];
  high.fp = label[2 * a->num_thresholds - 1];
  for (int64_t i = a->num_thresholds - 2; i >= 0; i--) {
    point low = high;
    low.tp += label[i];
    low.fp += label[a->num_thresholds + i];
    sum += strip(a, &low, &high);
    high = low;
  }
  return sum;
}

static double result(const void *self, int64_t columns, const double *state) {
  const auc_self *a = self;
  double sum = 0, weights = 0;
  for (int64_t l = 0; l < label_count(a, columns); l++) {
    double weight = a->multi_label && a->label_weights.values ? a->label_weights.values[l] : 1;
    sum += weight * area(a, state + l * label_size(a));
    weights += weight;
  }
  return ratio(sum, weights);
}

const rnn_metric_type rnn_auc = {
    .type = {METRIC("AUC"), .aliases = "auc", .doc = "the area under the ROC or precision-recall curve of y_pred",
             RNN_ARGUMENTS(args, auc_self), .positional = 3, .check = check},
    .state_size = state_size,
    .update = update,
    .result = result,
    .flags = RNN_METRIC_IGNORES_MASK | RNN_METRIC_MAXIMIZED};
