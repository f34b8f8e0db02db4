/*
** reduce.c - sum, mean, max, argmax, … along axes.
**
** The elements of the result are made a tile at a time: what is gathered for them lies on the stack,
** and the reduced elements pass by row after row (kernels/reduce_kernels.c).
*/
#include "core/reduce.h"

#include <math.h>

#include "core/context.h"
#include "core/host.h"
#include "kernels/reduce.h"

#define TILE RNN_FOLD_KEPT
#define STRETCH (1 << 18) /* elements between two looks for Ctrl-C */

const char *const rnn_measure_names[RNN_MEASURE_COUNT] = {
    "sum", "prod", "mean", "var", "std", "max", "min", "argmax", "argmin", "any", "all"};

static const rnn_reduction reductions[RNN_MEASURE_COUNT] = {
    RNN_SUM, RNN_PROD, RNN_SUM, RNN_SQUARES, RNN_SQUARES, RNN_MAX,
    RNN_MIN, RNN_ARGMAX, RNN_ARGMIN, RNN_ANY, RNN_ALL};

rnn_dtype rnn_measure_dtype(rnn_measure measure, rnn_dtype dtype) {
  switch (measure) {
    case RNN_MEASURE_SUM:
    case RNN_MEASURE_PROD: return dtype == RNN_BOOL ? RNN_INT64 : dtype;
    case RNN_MEASURE_MEAN:
    case RNN_MEASURE_VAR:
    case RNN_MEASURE_STD: return dtype < RNN_FLOAT32 ? RNN_FLOAT64 : dtype;
    case RNN_MEASURE_ARGMAX:
    case RNN_MEASURE_ARGMIN: return RNN_INT64;
    case RNN_MEASURE_ANY:
    case RNN_MEASURE_ALL: return RNN_BOOL;
    default: return dtype;
  }
}

/* ---- axes ---------------------------------------------------------------------------------------------- */

/* Some of a tensor's axes, neighbours merged where they step evenly. */
typedef struct axes_list {
  int count; /* at least 1 */
  int64_t extent[RNN_MAX_DIMS], stride[RNN_MAX_DIMS];
} axes_list;

static axes_list list_axes(const rnn_tensor *t, unsigned chosen) {
  axes_list l = {.count = 0};
  for (int i = 0; i < t->ndim; i++) {
    if (!(chosen >> i & 1) || t->shape[i] == 1) continue;
    bool merges = l.count > 0 && l.stride[l.count - 1] == t->strides[i] * t->shape[i];
    if (!merges) l.extent[l.count++] = 1;
    l.extent[l.count - 1] *= t->shape[i];
    l.stride[l.count - 1] = t->strides[i];
  }
  if (l.count == 0) l = (axes_list){1, {1}, {0}};
  return l;
}

/* number of positions on the first `count` axes of the list */
static int64_t positions(const axes_list *l, int count) {
  int64_t n = 1;
  for (int i = 0; i < count; i++) n *= l->extent[i];
  return n;
}

/* where the index-th of them lies, in elements */
static int64_t offset_of(const axes_list *l, int count, int64_t index) {
  int64_t offset = 0;
  for (int i = count - 1; i >= 0; i--) {
    offset += index % l->extent[i] * l->stride[i];
    index /= l->extent[i];
  }
  return offset;
}

/* ---- one tile -------------------------------------------------------------------------------------------- */

typedef struct reduction_job {
  rnn_context *cx; /* NULL: not to be interrupted */
  rnn_measure measure;
  const rnn_tensor *t, *out;
  axes_list kept, reduced;
  int64_t reduced_size;
  double ddof;
} reduction_job;

static void start(rnn_reduction reduction, bool real, int64_t n, rnn_gathered *gathered) {
  rnn_gathered first = {.value.integer = 0, .of.position = 0};
  switch (reduction) {
    case RNN_PROD:
    case RNN_ALL:
      if (real) first.value.real = 1;
      else first.value.integer = 1;
      break;
    case RNN_MAX:
      if (real) first.value.real = -INFINITY;
      else first.value.integer = INT64_MIN;
      break;
    case RNN_MIN:
      if (real) first.value.real = INFINITY;
      else first.value.integer = INT64_MAX;
      break;
    case RNN_ARGMAX:
    case RNN_ARGMIN: first.of.position = -1; break;
    default: break;
  }
  for (int64_t j = 0; j < n; j++) gathered[j] = first;
}

/* all reduced elements of `kept` neighbours on the last kept axis, the first of which lies at x */
static rnn_status gather(const reduction_job *job, rnn_reduction reduction, int64_t kept, const void *x,
                         rnn_gathered *gathered) {
  const rnn_fold fold = RNN_PICK(rnn_cpu_level(), rnn_reduce)->folds[reduction][job->t->dtype];
  const axes_list *l = &job->reduced;
  const int64_t kept_stride = job->kept.stride[job->kept.count - 1];
  const int64_t row = l->extent[l->count - 1], stride = l->stride[l->count - 1];
  const int64_t rows = positions(l, l->count - 1);
  const int64_t longest = STRETCH / kept;
  const rnn_tensor start_of = {.dtype = job->t->dtype, .data = (void *)x};
  int64_t seen = 0;
  for (int64_t r = 0; r < rows; r++) {
    int64_t offset = offset_of(l, l->count - 1, r);
    for (int64_t i = 0; i < row; i += longest) {
      int64_t length = row - i < longest ? row - i : longest;
      fold(kept, kept_stride, length, stride, r * row + i,
           rnn_tensor_at(&start_of, offset + i * stride), gathered);
      if ((seen += length * kept) < STRETCH || job->cx == NULL) continue;
      if (rnn_context_interrupted(job->cx)) return RNN_INTERRUPTED;
      seen = 0;
    }
  }
  return RNN_OK;
}

/* sums become means */
static void divide(const reduction_job *job, int64_t n, rnn_gathered *gathered) {
  bool real = job->t->dtype >= RNN_FLOAT32;
  for (int64_t j = 0; j < n; j++)
    gathered[j].value.real = (real ? gathered[j].value.real : (double)gathered[j].value.integer) /
                             (double)job->reduced_size;
}

/* the second pass of var and std: sums of squares around the means */
static rnn_status spread(const reduction_job *job, int64_t n, const void *x, rnn_gathered *gathered) {
  divide(job, n, gathered);
  for (int64_t j = 0; j < n; j++) {
    gathered[j].of.center = gathered[j].value.real;
    gathered[j].value.real = 0;
  }
  rnn_try(gather(job, RNN_SQUARES, n, x, gathered));
  double divisor = fmax((double)job->reduced_size - job->ddof, 0);
  for (int64_t j = 0; j < n; j++) {
    gathered[j].value.real /= divisor;
    if (job->measure == RNN_MEASURE_STD) gathered[j].value.real = sqrt(gathered[j].value.real);
  }
  return RNN_OK;
}

static void store(const reduction_job *job, int64_t first, int64_t n, const rnn_gathered *gathered) {
  void *out = rnn_tensor_at(job->out, first);
  bool real = job->t->dtype >= RNN_FLOAT32;
  bool position = reductions[job->measure] == RNN_ARGMAX || reductions[job->measure] == RNN_ARGMIN;
  for (int64_t j = 0; j < n; j++) {
    switch (job->out->dtype) {
      case RNN_BOOL:
        ((uint8_t *)out)[j] = real ? gathered[j].value.real != 0 : gathered[j].value.integer != 0;
        break;
      case RNN_INT64:
        ((int64_t *)out)[j] = position ? gathered[j].of.position : gathered[j].value.integer;
        break;
      case RNN_FLOAT32: ((float *)out)[j] = (float)gathered[j].value.real; break;
      case RNN_FLOAT64: ((double *)out)[j] = gathered[j].value.real; break;
    }
  }
}

static rnn_status run_tile(const reduction_job *job, const void *x, int64_t first, int64_t n) {
  rnn_gathered gathered[TILE];
  rnn_reduction reduction = reductions[job->measure];
  bool spreads = reduction == RNN_SQUARES;
  if (spreads) reduction = RNN_SUM;
  start(reduction, job->t->dtype >= RNN_FLOAT32, n, gathered);
  rnn_try(gather(job, reduction, n, x, gathered));
  if (spreads) rnn_try(spread(job, n, x, gathered));
  else if (job->measure == RNN_MEASURE_MEAN) divide(job, n, gathered);
  store(job, first, n, gathered);
  return RNN_OK;
}

/* ---- all of them ------------------------------------------------------------------------------------------- */

rnn_status rnn_reduce(rnn_context *cx, rnn_measure measure, const rnn_tensor *t, unsigned axes,
                      double ddof, const rnn_tensor *out) {
  reduction_job job = {cx, measure, t, out, list_axes(t, ~axes), list_axes(t, axes), 0, ddof};
  job.reduced_size = positions(&job.reduced, job.reduced.count);
  if (rnn_tensor_size(out) == 0) return RNN_OK;
  if (job.reduced_size == 0 && measure >= RNN_MEASURE_MAX && measure <= RNN_MEASURE_ARGMIN)
    return rnn_fail(cx, RNN_INVALID, "%s: an empty tensor has none", rnn_measure_names[measure]);
  const int64_t row = job.kept.extent[job.kept.count - 1];
  const int64_t rows = positions(&job.kept, job.kept.count - 1);
  for (int64_t r = 0; r < rows; r++) {
    int64_t offset = offset_of(&job.kept, job.kept.count - 1, r);
    for (int64_t j = 0; j < row; j += TILE) {
      int64_t n = row - j < TILE ? row - j : TILE;
      const void *x = rnn_tensor_at(t, offset + j * job.kept.stride[job.kept.count - 1]);
      rnn_try(run_tile(&job, x, r * row + j, n));
      if (cx && r % 256 == 255 && rnn_context_interrupted(cx)) return RNN_INTERRUPTED;
    }
  }
  return RNN_OK;
}

bool rnn_tensor_all(const rnn_tensor *t) {
  uint8_t result = 0;
  rnn_tensor out;
  rnn_tensor_describe(&out, RNN_BOOL, 0, NULL, &result);
  rnn_reduce(NULL, RNN_MEASURE_ALL, t, ~0u, 0, &out);
  return result;
}
