/*
** sort.c - putting the elements of each line along an axis in order.
**
** Every element becomes an unsigned 64-bit key that orders as the element does, and a line is
** sorted as pairs of key and position: by insertion when short, by radix (least significant byte
** first, bytes that are all alike skipped) when long. Both are stable, and one code serves all
** dtypes.
*/
#include "core/sort.h"

#include <math.h>
#include <string.h>

#include "core/alloc.h"

enum { SHORT_LINE = 48, POLL_ELEMENTS = 1 << 18 /* between two looks for Ctrl-C */ };

typedef struct entry {
  uint64_t key;
  int64_t position;
} entry;

#define TOP ((uint64_t)1 << 63)

static uint64_t key_of_integer(int64_t x) { return (uint64_t)x ^ TOP; }

static uint64_t key_of_real(double x) {
  if (x == 0) x = 0; /* of either sign */
  uint64_t bits;
  memcpy(&bits, &x, sizeof bits);
  return bits & TOP ? ~bits : bits | TOP;
}

/* NaN gets the greatest key whichever way the others are ordered */
static uint64_t key_at(const rnn_tensor *t, int64_t offset, bool descending) {
  uint64_t key = 0;
  double x;
  switch (t->dtype) {
    case RNN_BOOL: key = ((const uint8_t *)t->data)[offset]; break;
    case RNN_INT64: key = key_of_integer(((const int64_t *)t->data)[offset]); break;
    default:
      x = t->dtype == RNN_FLOAT32 ? ((const float *)t->data)[offset]
                                  : ((const double *)t->data)[offset];
      if (isnan(x)) return UINT64_MAX;
      key = key_of_real(x);
  }
  return descending ? ~key : key;
}

static void insertion_sort(entry *line, int64_t n) {
  for (int64_t i = 1; i < n; i++) {
    entry e = line[i];
    int64_t at = i;
    for (; at > 0 && line[at - 1].key > e.key; at--) line[at] = line[at - 1];
    line[at] = e;
  }
}

/* whether to go on with the elements from `first` (a multiple of POLL_ELEMENTS) on; `end` is where to look again */
static bool next_piece(rnn_context *cx, int64_t n, int64_t first, int64_t *end) {
  *end = n - first < POLL_ELEMENTS ? n : first + POLL_ELEMENTS;
  return !cx->host->interrupted(cx);
}

/* start[b] counts the keys with byte b */
static bool count_bytes(rnn_context *cx, const entry *line, int64_t n, int shift, int64_t start[256]) {
  for (int64_t i = 0, end; i < n;) {
    if (!next_piece(cx, n, i, &end)) return false;
    for (; i < end; i++) start[line[i].key >> shift & 255]++;
  }
  return true;
}

/* spare = line in the order of one byte of the keys; start[b] is where keys with byte b begin */
static bool scatter(rnn_context *cx, const entry *line, entry *spare, int64_t n, int shift,
                    int64_t start[256]) {
  for (int64_t i = 0, end; i < n;) {
    if (!next_piece(cx, n, i, &end)) return false;
    for (; i < end; i++) spare[start[line[i].key >> shift & 255]++] = line[i];
  }
  return true;
}

/* Returns where the sorted line ended up: line or spare; NULL when interrupted. */
static entry *radix_sort(rnn_context *cx, entry *line, entry *spare, int64_t n) {
  for (int shift = 0; shift < 64; shift += 8) {
    int64_t start[256] = {0}, sum = 0;
    if (!count_bytes(cx, line, n, shift, start)) return NULL;
    if (start[line[0].key >> shift & 255] == n) continue;
    for (int b = 0; b < 256; b++) {
      int64_t count = start[b];
      start[b] = sum;
      sum += count;
    }
    if (!scatter(cx, line, spare, n, shift, start)) return NULL;
    entry *sorted = spare;
    spare = line;
    line = sorted;
  }
  return line;
}

/* ---- all lines along an axis ----------------------------------------------------------------- */

typedef struct job {
  rnn_context *cx;
  const rnn_tensor *to, *t;
  int axis;
  bool descending, positions; /* what is written: positions, or elements */
  entry *line;                /* and as many again behind it */
  char *elements;             /* a line's worth, copied, so that `to` may be t */
} job;

static bool write_positions(const job *j, const entry *sorted, int64_t to) {
  int64_t n = j->t->shape[j->axis], stride = j->to->strides[j->axis];
  int64_t *out = (int64_t *)j->to->data + to;
  for (int64_t i = 0, end; i < n;) {
    if (!next_piece(j->cx, n, i, &end)) return false;
    for (; i < end; i++) out[i * stride] = sorted[i].position;
  }
  return true;
}

static bool write_elements(const job *j, const entry *sorted, int64_t from, int64_t to) {
  int64_t n = j->t->shape[j->axis], stride = j->t->strides[j->axis];
  size_t size = rnn_dtype_size(j->t->dtype);
  for (int64_t i = 0, end; i < n;) {
    if (!next_piece(j->cx, n, i, &end)) return false;
    for (; i < end; i++) memcpy(j->elements + (size_t)i * size, rnn_tensor_at(j->t, from + i * stride), size);
  }
  stride = j->to->strides[j->axis];
  for (int64_t i = 0, end; i < n;) {
    if (!next_piece(j->cx, n, i, &end)) return false;
    for (; i < end; i++)
      memcpy(rnn_tensor_at(j->to, to + i * stride), j->elements + (size_t)sorted[i].position * size, size);
  }
  return true;
}

static rnn_status sort_line(const job *j, int64_t from, int64_t to) {
  int64_t n = j->t->shape[j->axis], stride = j->t->strides[j->axis];
  entry *sorted = j->line;
  for (int64_t i = 0, end; i < n;) {
    if (!next_piece(j->cx, n, i, &end)) return RNN_INTERRUPTED;
    for (; i < end; i++) j->line[i] = (entry){key_at(j->t, from + i * stride, j->descending), i};
  }
  if (n <= SHORT_LINE) insertion_sort(j->line, n);
  else sorted = radix_sort(j->cx, j->line, j->line + n, n);
  if (sorted == NULL) return RNN_INTERRUPTED;
  bool written = j->positions ? write_positions(j, sorted, to) : write_elements(j, sorted, from, to);
  return written ? RNN_OK : RNN_INTERRUPTED;
}

static rnn_status sort_lines(const job *j, int axis, int64_t from, int64_t to) {
  if (axis == j->axis) axis++;
  if (axis >= j->t->ndim) return sort_line(j, from, to);
  for (int64_t i = 0; i < j->t->shape[axis]; i++)
    rnn_try(sort_lines(j, axis + 1, from + i * j->t->strides[axis], to + i * j->to->strides[axis]));
  return RNN_OK;
}

static rnn_status run(job *j) {
  if (rnn_tensor_size(j->t) == 0) return RNN_OK;
  size_t n = (size_t)j->t->shape[j->axis];
  if (n > SIZE_MAX / 64) return rnn_fail(j->cx, RNN_NO_MEMORY, "not enough memory");
  j->line = rnn_malloc(n * (2 * sizeof(entry) + sizeof(double)));
  if (j->line == NULL) return rnn_fail(j->cx, RNN_NO_MEMORY, "not enough memory");
  j->elements = (char *)(j->line + 2 * n);
  rnn_status status = sort_lines(j, 0, 0, 0);
  rnn_free(j->line);
  return status;
}

rnn_status rnn_sort(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *t, int axis,
                    bool descending) {
  return run(&(job){.cx = cx, .to = to, .t = t, .axis = axis, .descending = descending});
}

rnn_status rnn_argsort(rnn_context *cx, const rnn_tensor *to, const rnn_tensor *t, int axis,
                       bool descending) {
  return run(&(job){.cx = cx, .to = to, .t = t, .axis = axis, .descending = descending,
                    .positions = true});
}
