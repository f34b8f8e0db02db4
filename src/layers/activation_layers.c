/*
** activation_layers.c - activation functions with arguments as layers: ReLU, LeakyReLU, ELU, Softmax
** (keras/src/layers/activations). The functions are those registered as activations, made in check().
*/
#include <math.h>

#include "layers/axes.h"
#include "layers/layers.h"

typedef struct activation_layer {
  double max_value, negative_slope, threshold, alpha;
  rnn_numbers axis; /* Softmax alone */
  const rnn_component *activation;
  const rnn_host *host; /* that made it, and takes it back */
} activation_layer;

#define FIELD(NAME) offsetof(activation_layer, NAME)

/* gives the function held one more argument */
static rnn_status set(rnn_context *cx, activation_layer *a, const char *name, double value) {
  const rnn_component *with = cx->host->copy(cx, a->activation, name, value);
  if (with == NULL) return RNN_INVALID;
  cx->host->drop(a->activation);
  a->activation = with;
  return RNN_OK;
}

/* makes the function; `names` are the arguments of it that `values` are for, NaN: as by default */
static rnn_status make(rnn_context *cx, activation_layer *a, const char *function, int count,
                       const char *const *names, const double *values) {
  a->host = cx->host;
  a->activation = cx->host->create(cx, RNN_ACTIVATION, function);
  rnn_status status = a->activation ? RNN_OK : RNN_INVALID;
  for (int i = 0; i < count && status == RNN_OK; i++)
    if (!isnan(values[i])) status = set(cx, a, names[i], values[i]);
  if (status == RNN_OK) return RNN_OK;
  cx->host->drop(a->activation);
  return status;
}

static rnn_status relu_check(rnn_context *cx, void *self) {
  activation_layer *a = self;
  return make(cx, a, "relu", 3, (const char *const[]){"negative_slope", "max_value", "threshold"},
              (double[]){a->negative_slope, a->max_value, a->threshold});
}

static rnn_status leaky_relu_check(rnn_context *cx, void *self) {
  activation_layer *a = self;
  return make(cx, a, "leaky_relu", 1, (const char *const[]){"negative_slope"}, &a->negative_slope);
}

static rnn_status elu_check(rnn_context *cx, void *self) {
  activation_layer *a = self;
  return make(cx, a, "elu", 1, (const char *const[]){"alpha"}, &a->alpha);
}

static rnn_status softmax_check(rnn_context *cx, void *self) {
  rnn_try(rnn_check_axes(cx, "Softmax", "axis", &((const activation_layer *)self)->axis));
  return make(cx, self, "softmax", 0, NULL, NULL);
}

static void release(void *self) {
  const activation_layer *a = self;
  a->host->drop(a->activation);
}

/* ---- ReLU, LeakyReLU, ELU: element by element ------------------------------------------------------- */

static rnn_status forward(rnn_context *cx, const void *self, rnn_call *call) {
  const activation_layer *a = self;
  const rnn_shape *shape = &call->inputs->shape;
  return rnn_activate(cx, a->activation, rnn_rows(shape), rnn_columns(shape), call->inputs->data,
                      call->outputs->data);
}

static rnn_status backward(rnn_context *cx, const void *self, rnn_call *call) {
  const activation_layer *a = self;
  const rnn_port *in = call->inputs, *out = call->outputs;
  if (in->gradient == NULL) return RNN_OK;
  return rnn_activate_backward(cx, a->activation, rnn_rows(&in->shape), rnn_columns(&in->shape), in->data,
                               out->data, out->gradient, in->gradient);
}

#define SLOPE(DEFAULT)                                                                    \
  {"negative_slope", RNN_ARG_NUMBER, FIELD(negative_slope), DEFAULT, "[0, inf)", 0,       \
   "slope below the threshold"}

static const rnn_arg relu_args[] = {
    {"max_value", RNN_ARG_NUMBER, FIELD(max_value), "nil", "[0, inf)", 0, "largest output; nil: any"},
    SLOPE("0"),
    {"threshold", RNN_ARG_NUMBER, FIELD(threshold), "0", "[0, inf)", 0, "x at and above it passes"},
};
static const rnn_arg leaky_relu_args[] = {SLOPE("0.3")};
static const rnn_arg elu_args[] = {
    {"alpha", RNN_ARG_NUMBER, FIELD(alpha), "1", NULL, 0, "minus what it tends to for low x"},
};

#define LAYER(NAME, DOC, ARGS, CHECK)                \
  .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, NAME), \
           .doc = DOC,                               \
           RNN_ARGUMENTS(ARGS, activation_layer),    \
           .positional = sizeof ARGS / sizeof *ARGS, \
           .check = CHECK,                           \
           .release = release},                      \
  .flags = RNN_LAYER_PASSES_MASK | RNN_LAYER_TAKES_MASK

const rnn_layer_type rnn_relu_layer = {
    LAYER("ReLU", "ReLU: x where threshold <= x, at most max_value; negative_slope · (x - threshold) below.\nAny "
          "shape -> the same shape.", relu_args, relu_check),
    .shapes = rnn_same_shape, .forward = forward, .backward = backward};

const rnn_layer_type rnn_leaky_relu_layer = {
    LAYER("LeakyReLU", "LeakyReLU: x where x >= 0, negative_slope · x below. Any shape -> the same shape.",
          leaky_relu_args, leaky_relu_check),
    .shapes = rnn_same_shape, .forward = forward, .backward = backward};

const rnn_layer_type rnn_elu_layer = {
    LAYER("ELU", "ELU: x where x >= 0, alpha · (exp(x) - 1) below. Any shape -> the same shape. Clevert et al. 2015.",
          elu_args, elu_check),
    .shapes = rnn_same_shape, .forward = forward, .backward = backward};

/* ---- Softmax: along axes ------------------------------------------------------------------------------- */

static const rnn_arg softmax_args[] = {
    {"axis", RNN_ARG_NUMBERS, FIELD(axis), "-1", NULL, 0, "axis or axes that sum to 1, " RNN_AXIS_DOC},
};

static rnn_status softmax_shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                                 int *output_count, rnn_shape *outputs) {
  (void)input_count, (void)output_count;
  bool along[RNN_MAX_DIMS];
  *outputs = *inputs;
  return rnn_read_axes(cx, "axis", &((const activation_layer *)self)->axis, inputs, along);
}

static rnn_status softmax_plan(rnn_context *cx, const void *self, rnn_call *call) {
  (void)cx;
  rnn_lanes lanes = rnn_lanes_along(&((const activation_layer *)self)->axis, &call->inputs->shape);
  call->scratch_size = rnn_lanes_room(&lanes, 2);
  return RNN_OK;
}

static rnn_status softmax_forward(rnn_context *cx, const void *self, rnn_call *call) {
  const activation_layer *a = self;
  rnn_lanes lanes = rnn_lanes_along(&a->axis, &call->inputs->shape);
  const float *x = rnn_lanes_of(&lanes, call->inputs->data, call->scratch);
  float *y = rnn_lanes_for(&lanes, call->outputs->data, call->scratch + rnn_lanes_room(&lanes, 1));
  rnn_try(rnn_activate(cx, a->activation, lanes.rows, lanes.length, x, y));
  rnn_lanes_done(&lanes, y, call->outputs->data);
  return RNN_OK;
}

static rnn_status softmax_backward(rnn_context *cx, const void *self, rnn_call *call) {
  const activation_layer *a = self;
  const rnn_port *in = call->inputs, *out = call->outputs;
  if (in->gradient == NULL) return RNN_OK;
  rnn_lanes lanes = rnn_lanes_along(&a->axis, &in->shape);
  float *room = call->scratch + rnn_lanes_room(&lanes, 1);
  const float *y = rnn_lanes_of(&lanes, out->data, call->scratch);
  const float *dy = rnn_lanes_of(&lanes, out->gradient, room);
  float *dx = rnn_lanes_for(&lanes, in->gradient, room);
  rnn_try(rnn_activate_backward(cx, a->activation, lanes.rows, lanes.length, y, y, dy, dx)); /* reads y alone */
  rnn_lanes_done(&lanes, dx, in->gradient);
  return RNN_OK;
}

const rnn_layer_type rnn_softmax_layer = {
    LAYER("Softmax", "Softmax: exp(x) / sum exp(x) along `axis`. Any shape -> the same shape.", softmax_args,
          softmax_check),
    .shapes = softmax_shapes,
    .plan = softmax_plan,
    .forward = softmax_forward,
    .backward = softmax_backward};
