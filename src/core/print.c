/*
** print.c - a tensor as NumPy 2 prints it (numpy.array2string with its default options).
**
** First all elements to be shown are looked at, to choose a form in which they all have the same
** width; then they are written row by row.
*/
#include "core/print.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "core/number_text.h"

enum { PRECISION = 8, LINE_WIDTH = 75, THRESHOLD = 1000, EDGE = 3 };

/* What is known of the elements shown, and how they will be written. */
typedef struct printer {
  rnn_context *cx;
  const rnn_tensor *t;
  rnn_text *text;
  bool summarised;
  int width; /* of every element */
  /* reals */
  bool scientific, any_finite, any_other, minus_infinity;
  double largest, smallest;      /* of finite values but 0, without sign; 0: there are none */
  int whole, fraction, exponent; /* as in rnn_number_text, the most of all */
  /* integers */
  int64_t most, least;
} printer;

typedef void (*visitor)(printer *p, int64_t offset);

static double real_at(const rnn_tensor *t, int64_t offset) {
  return t->dtype == RNN_FLOAT32 ? ((const float *)t->data)[offset]
                                 : ((const double *)t->data)[offset];
}

static void keep_larger(int *most, int candidate) {
  if (candidate > *most) *most = candidate;
}

/* ---- which elements are shown ---------------------------------------------------------------- */

static bool abridged(const printer *p, int64_t extent) {
  return p->summarised && extent > 2 * EDGE;
}

/* the index after i along an axis, jumping over those left out */
static int64_t after(const printer *p, int64_t i, int64_t extent) {
  return abridged(p, extent) && i == EDGE - 1 ? extent - EDGE : i + 1;
}

static rnn_status visit(printer *p, int axis, int64_t offset, visitor look) {
  const rnn_tensor *t = p->t;
  if (axis == t->ndim) {
    look(p, offset);
    return RNN_OK;
  }
  if (p->cx->host->interrupted(p->cx)) return RNN_INTERRUPTED;
  for (int64_t i = 0; i < t->shape[axis]; i = after(p, i, t->shape[axis]))
    rnn_try(visit(p, axis + 1, offset + i * t->strides[axis], look));
  return RNN_OK;
}

/* ---- choosing the form ----------------------------------------------------------------------- */

static void look_at_size(printer *p, int64_t offset) {
  double size = fabs(real_at(p->t, offset));
  if (!isfinite(size)) {
    p->any_other = true;
    if (real_at(p->t, offset) == -INFINITY) p->minus_infinity = true;
    return;
  }
  p->any_finite = true;
  if (size == 0) return;
  if (size > p->largest) p->largest = size;
  if (size < p->smallest || p->smallest == 0) p->smallest = size;
}

/* NumPy's rule, each comparison done in the array's own dtype */
static bool wants_scientific(const printer *p) {
  if (p->largest == 0) return false;
  if (p->t->dtype == RNN_FLOAT64)
    return p->largest >= 1e8 || p->smallest < 1e-4 || p->largest / p->smallest > 1e3;
  return p->largest >= 1e6 || p->smallest < 1e-4f || (float)p->largest / (float)p->smallest > 1e3f;
}

static void real_text(const printer *p, rnn_number_text *out, double x, int least) {
  bool single = p->t->dtype == RNN_FLOAT32;
  if (p->scientific)
    rnn_scientific_text(out, x, single, least, least > 0 ? least : PRECISION, p->exponent);
  else rnn_positional_text(out, x, single, PRECISION);
}

static void look_at_length(printer *p, int64_t offset) {
  double x = real_at(p->t, offset);
  if (!isfinite(x)) return;
  rnn_number_text n;
  real_text(p, &n, x, 0);
  keep_larger(&p->whole, n.whole);
  keep_larger(&p->fraction, n.fraction);
  keep_larger(&p->exponent, n.exponent);
}

static rnn_status choose_real_form(printer *p) {
  rnn_try(visit(p, 0, 0, look_at_size));
  p->scientific = wants_scientific(p);
  p->exponent = p->scientific ? 2 : 0;
  if (p->any_finite) rnn_try(visit(p, 0, 0, look_at_length));
  int right = 1 + p->fraction + (p->scientific ? 2 + p->exponent : 0);     /* ".fraction", "e+10" */
  if (p->any_other) keep_larger(&p->whole, 3 + p->minus_infinity - right); /* "nan", "-inf" */
  p->width = p->whole + right;
  return RNN_OK;
}

static void look_at_integer(printer *p, int64_t offset) {
  int64_t value = ((const int64_t *)p->t->data)[offset];
  if (value > p->most) p->most = value;
  if (value < p->least) p->least = value;
}

static rnn_status choose_integer_form(printer *p) {
  p->most = INT64_MIN;
  p->least = INT64_MAX;
  rnn_try(visit(p, 0, 0, look_at_integer));
  p->width = snprintf(NULL, 0, "%" PRId64, p->most);
  keep_larger(&p->width, snprintf(NULL, 0, "%" PRId64, p->least));
  return RNN_OK;
}

static rnn_status choose_form(printer *p) {
  switch (p->t->dtype) {
    case RNN_BOOL: p->width = 5; return RNN_OK;
    case RNN_INT64: return choose_integer_form(p);
    default: return choose_real_form(p);
  }
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Every element as `width` characters: reals aligned at the point, all else to the right. */
static rnn_status write_element(printer *p, int64_t offset) {
  rnn_number_text n;
  int before;
  bool real = p->t->dtype == RNN_FLOAT32 || p->t->dtype == RNN_FLOAT64;
  if (real && isfinite(real_at(p->t, offset))) {
    real_text(p, &n, real_at(p->t, offset), p->fraction);
    before = p->whole - n.whole;
  } else {
    rnn_scalar_text(&n, p->t, offset);
    before = p->width - n.length;
  }
  rnn_try(rnn_text_repeat(p->cx, p->text, ' ', before));
  rnn_try(rnn_text_append(p->cx, p->text, n.text, (size_t)n.length));
  return rnn_text_repeat(p->cx, p->text, ' ', p->width - before - n.length);
}

static rnn_status new_line(printer *p, int lines, int indent) {
  rnn_text_trim(p->text);
  rnn_try(rnn_text_repeat(p->cx, p->text, '\n', lines));
  return rnn_text_repeat(p->cx, p->text, ' ', indent);
}

/* Goes to a new line where a word of that width doesn't fit any more, unless it is the line's
** first. */
static rnn_status make_room(printer *p, int *column, int indent, int width) {
  int room = LINE_WIDTH - indent; /* one less for each bracket that may close */
  if (*column + width > room && *column > indent) {
    rnn_try(new_line(p, 1, indent));
    *column = indent;
  }
  *column += width + 1;
  return RNN_OK;
}

static rnn_status write_row(printer *p, int axis, int64_t offset) {
  int64_t extent = p->t->shape[axis];
  int indent = axis + 1, column = indent;
  for (int64_t i = 0; i < extent; i = after(p, i, extent)) {
    if (i > 0) rnn_try(rnn_text_append(p->cx, p->text, " ", 1));
    if (i == extent - EDGE && abridged(p, extent)) {
      rnn_try(make_room(p, &column, indent, 3));
      rnn_try(rnn_text_append(p->cx, p->text, "... ", 4));
    }
    rnn_try(make_room(p, &column, indent, p->width));
    rnn_try(write_element(p, offset + i * p->t->strides[axis]));
  }
  return RNN_OK;
}

static rnn_status write_axis(printer *p, int axis, int64_t offset) {
  const rnn_tensor *t = p->t;
  int64_t extent = t->shape[axis];
  int lines = t->ndim - 1 - axis; /* blank ones between blocks of three axes or more */
  rnn_try(rnn_text_append(p->cx, p->text, "[", 1));
  if (p->cx->host->interrupted(p->cx)) return RNN_INTERRUPTED;
  if (axis == t->ndim - 1) rnn_try(write_row(p, axis, offset));
  for (int64_t i = 0; lines > 0 && i < extent; i = after(p, i, extent)) {
    if (i > 0) rnn_try(new_line(p, lines, axis + 1));
    if (i == extent - EDGE && abridged(p, extent)) {
      rnn_try(rnn_text_append(p->cx, p->text, "...", 3));
      rnn_try(new_line(p, lines, axis + 1));
    }
    rnn_try(write_axis(p, axis + 1, offset + i * t->strides[axis]));
  }
  return rnn_text_append(p->cx, p->text, "]", 1);
}

rnn_status rnn_print_tensor(rnn_context *cx, const rnn_tensor *t, rnn_text *text) {
  int64_t size = rnn_tensor_size(t);
  if (size == 0) return rnn_text_append(cx, text, "[]", 2);
  if (t->ndim == 0) {
    rnn_number_text n;
    rnn_scalar_text(&n, t, 0);
    return rnn_text_append(cx, text, n.text, (size_t)n.length);
  }
  printer p = {.cx = cx, .t = t, .text = text, .summarised = size > THRESHOLD};
  rnn_try(choose_form(&p));
  return write_axis(&p, 0, 0);
}
