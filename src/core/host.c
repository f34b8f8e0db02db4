/* host.c - the table of functions that every plugin gets */
#include "core/host.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/component.h"
#include "core/layer.h"
#include "core/parallel.h"
#include "core/gemm.h"
#include "core/random.h"
#include "core/weights.h"
#include "kernels/vector.h"

static void *allocate(rnn_context *cx, size_t bytes) {
  void *memory = rnn_malloc_aligned(bytes);
  if (memory == NULL) rnn_fail(cx, RNN_NO_MEMORY, "not enough memory (%zu bytes wanted)", bytes);
  return memory;
}

static const rnn_component *create(rnn_context *cx, rnn_kind kind, const char *name) {
  return rnn_component_create(cx, kind, name);
}

static int weight_count(const rnn_layer *layer) { return layer->weight_count; }

static const void *argument(const rnn_component *component, const char *name, rnn_arg_type type) {
  int arg = rnn_arg_index(component->type, name);
  if (arg < 0 || component->type->args[arg].type != type) return NULL;
  return rnn_field(component, arg);
}

/* sets a number or boolean among the arguments of an unfinished component */
static rnn_status set_argument(rnn_context *cx, rnn_component *component, const char *name, double value) {
  int arg = rnn_arg_index(component->type, name);
  if (arg < 0)
    return rnn_fail(cx, RNN_INVALID, "%s has no argument '%s'", component->type->name, name);
  if (component->type->args[arg].type == RNN_ARG_BOOLEAN)
    return rnn_set_boolean(cx, component, arg, value != 0);
  return rnn_set_number(cx, component, arg, value);
}

static const rnn_component *copy(rnn_context *cx, const rnn_component *component, const char *name,
                                 double value) {
  rnn_component *made = rnn_component_copy(cx, component);
  rnn_status status = made ? RNN_OK : RNN_NO_MEMORY;
  if (status == RNN_OK && name) status = set_argument(cx, made, name, value);
  if (status == RNN_OK) status = rnn_component_finish(cx, made);
  if (status == RNN_OK) return made;
  rnn_component_release(made);
  return NULL;
}

int rnn_cpu_level(void) {
  static int level = -1;
  if (level >= 0) return level;
  int best = 0;
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) best = 1;
  if (best && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq"))
    best = 2;
#endif
  const char *wanted = getenv("RNNLUA_CPU");
  level = best;
  if (wanted && strcmp(wanted, "baseline") == 0) level = 0;
  if (wanted && strcmp(wanted, "v3") == 0 && best >= 1) level = 1;
  return level;
}

static void vector_tanh(int64_t n, const float *x, float *y) {
  RNN_PICK(rnn_cpu_level(), rnn_vector)->tanh(n, x, y);
}

static void vector_sigmoid(int64_t n, const float *x, float *y) {
  RNN_PICK(rnn_cpu_level(), rnn_vector)->sigmoid(n, x, y);
}

static void vector_exp(int64_t n, const float *x, float *y) {
  RNN_PICK(rnn_cpu_level(), rnn_vector)->exp(n, x, y);
}

static rnn_host table = {
    .size = sizeof(rnn_host),
    .abi_major = RNN_ABI_MAJOR,
    .abi_minor = RNN_ABI_MINOR,
    .fail = rnn_context_fail,
    .allocate = allocate,
    .release = rnn_free_aligned,
    .register_type = rnn_stage_type,
    .create = create,
    .drop = rnn_component_release,
    .add_weight = rnn_layer_add_weight,
    .parallel_for = rnn_parallel_tiles,
    .sgemm = rnn_gemm,
    .interrupted = rnn_context_interrupted,
    .shape_text = rnn_shape_text,
    .vector_tanh = vector_tanh,
    .vector_sigmoid = vector_sigmoid,
    .vector_exp = vector_exp,
    .random_uniform = rnn_random_uniform,
    .random_normal = rnn_random_normal,
    .argument = argument,
    .copy = copy,
    .mix_key = rnn_mix_key,
    .weight_count = weight_count,
    .pack = rnn_pack,
    .multiply_packed = rnn_multiply_packed,
};

const rnn_host *rnn_host_table(void) {
  static bool complete; /* from the first call on, on the main thread; workers only read */
  if (!complete) table.cpu_level = rnn_cpu_level();
  complete = true;
  return &table;
}

const char *rnn_cpu_level_name(void) {
  static const char *const names[] = {"baseline", "v3", "v4"};
  return names[rnn_host_table()->cpu_level]; /* what plugins see too */
}
