/* yard.c - memory with fences around it: what a component writes beside its arrays is seen */
#include "core/yard.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/alloc.h"

#define FENCE 64 /* numbers on either side */

/* A NaN that no arithmetic makes: computing with it gives a quiet one of another payload at most by copying it. */
static const uint32_t blank = 0x7fa5a5a5u;

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
  yard->fields[yard->count++].block = block;
  return block + FENCE;
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
    const float *block = yard->fields[i].block;
    for (int64_t j = 0; j < FENCE; j++) {
      const char *where = !is_blank(&block[j])                              ? "before the beginning"
                          : !is_blank(&block[FENCE + yard->fields[i].size + j]) ? "behind the end"
                                                                            : NULL;
      if (where == NULL) continue;
      name_field(yard, i, name);
      return rnn_fail(cx, RNN_INVALID, "%s writes %s of %s (%lld numbers)", doing, where, name,
                      (long long)yard->fields[i].size);
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
