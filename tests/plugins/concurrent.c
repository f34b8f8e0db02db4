/*
** concurrent.c - products that several threads compute at once, beside what one thread gave
**
**   products(x)                       x: numbers to multiply; gives the results of all products, one after another
**   count_wrong(x, results, {callers =, rounds =})   every caller, a tile of a parallel loop, computes all products
**                                     `rounds` times over, in an order of its own; gives how many differ in any bit
**                                     from results, and how many there were
*/
#include <string.h>

#include "rnnlua.h"

typedef struct product {
  bool transpose_a, transpose_b;
  int64_t m, n, k;
} product;

/* Recurrent and projecting products, gradients of weights, and what makes tiles of odd sizes. Four are so large that they
** go to the library (core/gemm.c). */
static const product products[] = {
    {false, false, 16, 512, 128}, {false, false, 16, 128, 512}, {false, true, 96, 70, 130}, {true, false, 64, 256, 320},
    {false, false, 33, 47, 65},   {true, false, 100, 96, 64},   {false, false, 200, 130, 70}, {false, true, 128, 512, 250},
    {true, false, 260, 270, 256},  {false, false, 8, 257, 96},   {false, false, 300, 300, 300}, {true, true, 256, 257, 256},
    {false, false, 1, 400, 300},  {false, false, 300, 1, 300},  {true, false, 257, 258, 31},  {false, false, 64, 64, 64},
};

enum { PRODUCTS = sizeof products / sizeof products[0], LARGEST = 90000, POOL = 140000 };

static int64_t result_size(void) {
  int64_t size = 0;
  for (int i = 0; i < PRODUCTS; i++) size += products[i].m * products[i].n;
  return size;
}

/* both sides lie in x, of POOL numbers, at places that differ from product to product */
static rnn_status multiply(rnn_context *cx, int i, const float *x, float *c) {
  const product *p = &products[i];
  const float *a = x + 13 * i, *b = x + 1001 + 17 * i;
  return rnn_sgemm(cx, p->transpose_a, p->transpose_b, p->m, p->n, p->k, a, p->transpose_a ? p->m : p->k, b,
                   p->transpose_b ? p->k : p->n, 0, c, p->n);
}

static rnn_status check_pool(rnn_context *cx, const rnn_shape *x) {
  if (x->ndim == 1 && x->dim[0] >= POOL) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "expected a vector of at least %d numbers", POOL);
}

/* ---- products ---------------------------------------------------------------------------------------------- */

static rnn_status products_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                  int *output_count, rnn_shape *outputs) {
  (void)self, (void)input_count, (void)output_count;
  outputs[0] = (rnn_shape){1, {result_size()}};
  return check_pool(cx, inputs);
}

static rnn_status products_forward(rnn_context *cx, const void *self, rnn_call *call) {
  (void)self;
  float *to = call->outputs[0].data;
  for (int i = 0; i < PRODUCTS; to += products[i].m * products[i].n, i++)
    rnn_try(multiply(cx, i, call->inputs[0].data, to));
  return RNN_OK;
}

static const rnn_function_type products_function = {
    .type = {.size = sizeof(rnn_function_type), .kind = RNN_FUNCTION, .name = "products",
             .doc = "the results of all products"},
    .shapes = products_shapes,
    .forward = products_forward};

/* ---- count_wrong --------------------------------------------------------------------------------------------- */

typedef struct count_self {
  int64_t callers, rounds;
} count_self;

typedef struct counting {
  rnn_context *cx;
  const count_self *self;
  const float *x, *expected;
  float *room; /* LARGEST numbers a caller, and one for its count */
} counting;

static void call_all(void *data, int64_t caller) {
  const counting *c = data;
  float *room = c->room + caller * (LARGEST + 1), wrong = 0;
  for (int64_t round = 0; round < c->self->rounds; round++)
    for (int64_t turn = 0; turn < PRODUCTS; turn++) {
      int i = (int)((turn * (2 * caller + 1) + round) % PRODUCTS);
      const float *expected = c->expected;
      for (int before = 0; before < i; before++) expected += products[before].m * products[before].n;
      rnn_status status = multiply(c->cx, i, c->x, room);
      size_t bytes = sizeof(float) * (size_t)(products[i].m * products[i].n);
      if (status != RNN_OK || memcmp(room, expected, bytes) != 0) wrong++;
    }
  room[LARGEST] = wrong;
}

static rnn_status count_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                               int *output_count, rnn_shape *outputs) {
  (void)self, (void)input_count, (void)output_count;
  outputs[0] = (rnn_shape){1, {2}};
  if (inputs[1].ndim != 1 || inputs[1].dim[0] != result_size())
    return rnn_fail(cx, RNN_INVALID, "expected what products gave");
  return check_pool(cx, inputs);
}

static rnn_status count_plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  call->scratch_size = ((const count_self *)self)->callers * (LARGEST + 1);
  return RNN_OK;
}

static rnn_status count_forward(rnn_context *cx, const void *self, rnn_call *call) {
  const count_self *s = self;
  counting c = {cx, s, call->inputs[0].data, call->inputs[1].data, call->scratch};
  float wrong = 0;
  cx->host->parallel_for(cx, s->callers, call_all, &c);
  for (int64_t caller = 0; caller < s->callers; caller++) wrong += c.room[caller * (LARGEST + 1) + LARGEST];
  call->outputs[0].data[0] = wrong;
  call->outputs[0].data[1] = (float)(s->callers * s->rounds * PRODUCTS);
  return RNN_OK;
}

static const rnn_arg count_args[] = {
    {"callers", RNN_ARG_INTEGER, offsetof(count_self, callers), "8", "[1, 64]", 0, "tiles of the loop"},
    {"rounds", RNN_ARG_INTEGER, offsetof(count_self, rounds), "1", "[1, inf)", 0, "of all products"}};

static const rnn_function_type count_function = {
    .type = {.size = sizeof(rnn_function_type), .kind = RNN_FUNCTION, .name = "count_wrong",
             .doc = "how many products differ from what one thread gave, and how many there were",
             .args = count_args, .arg_count = 2, .self_size = sizeof(count_self)},
    .shapes = count_shapes,
    .plan = count_plan,
    .forward = count_forward,
    .min_inputs = 2,
    .max_inputs = 2};

static const rnn_type *const types[] = {&products_function.type, &count_function.type};
RNN_PLUGIN(concurrent, "1.0", "products of several threads at once, for tests", types)
