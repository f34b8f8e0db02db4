/* yard.c - memory with fences around it: what a component writes beside its arrays is seen */
#include "core/yard.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"

#define FENCE 64 /* numbers on either side */

/* A NaN that no arithmetic makes: computing with it gives a quiet one of another payload at most by copying it. */
static const uint32_t blank = 0x7fa5a5a5u;

/* The same of doubles, of which two blanks above would be one large number, that adding to leaves as it is. */
static const uint64_t blank_double = 0x7ff4a5a57fa5a5a5u;

static bool is_blank(const float *number) { return memcmp(number, &blank, sizeof blank) == 0; }

void rnn_yard_blank(float *numbers, int64_t size) {
  for (int64_t i = 0; i < size; i++) memcpy(&numbers[i], &blank, sizeof blank);
}

float *rnn_yard_add(rnn_context *cx, rnn_yard *yard, int64_t size, const char *name, int index) {
  if (yard->count == RNN_YARD_FIELDS) {
    rnn_fail(cx, RNN_INVALID, "has more arrays than can be checked");
    return NULL;
  }
  float *block = rnn_malloc_aligned(sizeof(float) * (size_t)(size + 2 * FENCE));
  if (block == NULL) {
    rnn_fail(cx, RNN_NO_MEMORY, "not enough memory");
    return NULL;
  }
  rnn_yard_blank(block, size + 2 * FENCE);
  yard->fields[yard->count].name = name;
  yard->fields[yard->count].index = index;
  yard->fields[yard->count].size = size;
  yard->fields[yard->count].doubles = false;
  yard->fields[yard->count++].block = block;
  return block + FENCE;
}

double *rnn_yard_add_doubles(rnn_context *cx, rnn_yard *yard, int64_t size, const char *name) {
  float *numbers = rnn_yard_add(cx, yard, 2 * size, name, -1);
  if (numbers == NULL) return NULL;
  yard->fields[yard->count - 1].doubles = true;
  for (int64_t i = 0; i < FENCE; i += 2) {
    memcpy(&numbers[i - FENCE], &blank_double, sizeof blank_double);
    memcpy(&numbers[i + 2 * size], &blank_double, sizeof blank_double);
  }
  memset(numbers, 0, sizeof(double) * (size_t)size);
  return (double *)numbers;
}

/* whether nobody wrote to number j of a fence */
static bool is_whole(const float *fence, int64_t j, bool doubles) {
  if (!doubles) return is_blank(&fence[j]);
  return memcmp(&fence[j - j % 2], &blank_double, sizeof blank_double) == 0;
}

static void name_field(const rnn_yard *yard, int i, char text[80]) {
  if (yard->fields[i].index < 0)
    snprintf(text, 80, "%s", yard->fields[i].name);
  else
    snprintf(text, 80, "%s %d", yard->fields[i].name, yard->fields[i].index + 1);
}

rnn_status rnn_yard_check(rnn_context *cx, const rnn_yard *yard, const char *doing) {
  char name[80];
  for (int i = 0; i < yard->count; i++) {
    const float *block = yard->fields[i].block, *behind = block + FENCE + yard->fields[i].size;
    bool doubles = yard->fields[i].doubles;
    int64_t numbers = yard->fields[i].size / (doubles ? 2 : 1);
    for (int64_t j = 0; j < FENCE; j++) {
      const char *where = !is_whole(block, j, doubles)    ? "before the beginning"
                          : !is_whole(behind, j, doubles) ? "behind the end"
                                                          : NULL;
      if (where == NULL) continue;
      name_field(yard, i, name);
      return rnn_fail(cx, RNN_INVALID, "%s writes %s of %s (%lld number%s)", doing, where, name, (long long)numbers,
                      numbers == 1 ? "" : "s");
    }
  }
  return RNN_OK;
}

rnn_status rnn_yard_check_written(rnn_context *cx, const rnn_yard *yard, const float *numbers, const char *doing) {
  char name[80];
  int i = 0;
  while (i < yard->count && yard->fields[i].block + FENCE != numbers) i++;
  for (int64_t j = 0; i < yard->count && j < yard->fields[i].size; j++) {
    if (isfinite(numbers[j])) continue;
    name_field(yard, i, name);
    if (is_blank(&numbers[j]))
      return rnn_fail(cx, RNN_INVALID, "%s leaves number %lld of %lld of %s unwritten", doing, (long long)j + 1,
                      (long long)yard->fields[i].size, name);
    return rnn_fail(cx, RNN_INVALID, "%s makes number %lld of %s %g", doing, (long long)j + 1, name, numbers[j]);
  }
  return RNN_OK;
}

void rnn_yard_clear(rnn_yard *yard) {
  while (yard->count > 0) rnn_free_aligned(yard->fields[--yard->count].block);
}
