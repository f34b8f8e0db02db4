/* trial.c - one call of a layer, or of a plain function, with fences around all that it may write to */
#include "core/trial.h"

#include <string.h>

#include "core/random.h"
#include "core/slope.h"

static rnn_status add(rnn_context *cx, rnn_trial *t, int64_t size, const char *name, int index, float **numbers) {
  *numbers = rnn_yard_add(cx, &t->yard, size, name, index);
  return *numbers ? RNN_OK : RNN_NO_MEMORY;
}

/* ---- memory --------------------------------------------------------------------------------------------- */

/* every second row is masked from its middle on */
static rnn_status add_mask(rnn_context *cx, rnn_trial *t, int i) {
  float *numbers;
  int64_t batch = t->inputs[i].shape.dim[0], time = t->inputs[i].shape.dim[1];
  rnn_try(add(cx, t, (batch * time + 3) / 4, "the mask of input", i, &numbers));
  uint8_t *mask = (uint8_t *)numbers;
  for (int64_t r = 0; r < batch; r++)
    for (int64_t s = 0; s < time; s++) mask[r * time + s] = r % 2 == 0 || s < (time + 1) / 2;
  t->inputs[i].mask = mask;
  return RNN_OK;
}

static rnn_status add_inputs(rnn_context *cx, rnn_trial *t, const rnn_shape *shapes, rnn_trial_options o) {
  for (int i = 0; i < t->call.input_count; i++) {
    int64_t size = rnn_size(&shapes[i]);
    t->inputs[i].shape = shapes[i];
    rnn_try(add(cx, t, size, "input", i, &t->inputs[i].data));
    rnn_try(add(cx, t, size, "the gradient of input", i, &t->inputs[i].gradient));
    rnn_fill_even(cx, rnn_mix_key(1, (uint64_t)i), -1, 1, size, t->inputs[i].data);
    for (int64_t j = 0; o.indices && j < size; j++) t->inputs[i].data[j] = (float)(j % 2);
    if (o.masked && shapes[i].ndim >= (i == 0 ? 2 : 3)) rnn_try(add_mask(cx, t, i));
  }
  return RNN_OK;
}

static rnn_status add_outputs(rnn_context *cx, rnn_trial *t, rnn_trial_options o) {
  rnn_shape in[RNN_MAX_PORTS], out[RNN_MAX_PORTS];
  for (int i = 0; i < t->call.input_count; i++) in[i] = t->inputs[i].shape;
  rnn_try(rnn_layer_shapes(cx, t->layer, t->call.input_count, in, &t->call.output_count, out));
  for (int i = 0; i < t->call.output_count; i++) {
    int64_t size = rnn_size(&out[i]);
    t->outputs[i].shape = out[i];
    rnn_try(add(cx, t, size, "output", i, &t->outputs[i].data));
    rnn_try(add(cx, t, size, "the gradient of output", i, &t->outputs[i].gradient));
    rnn_try(add(cx, t, size, "the loss", i, &t->wanted[i]));
    rnn_fill_even(cx, rnn_mix_key(2, (uint64_t)i), 0.5f, 1.5f, size, t->wanted[i]);
    for (int64_t j = 1; j < size; j += 2) t->wanted[i][j] = -t->wanted[i][j];
  }
  t->call.wants_sums = o.sums;
  if (o.sums) rnn_try(add(cx, t, rnn_size(&out[0]), "sums", -1, &t->call.sums));
  return RNN_OK;
}

/* as initialised, and those that are trained a little beside that: zeros would hide much */
static rnn_status add_weights(rnn_context *cx, rnn_trial *t) {
  rnn_layer *layer = t->layer;
  if (layer->weight_count > RNN_TRIAL_WEIGHTS)
    return rnn_fail(cx, RNN_INVALID, "has %d weights; at most %d can be checked", layer->weight_count, RNN_TRIAL_WEIGHTS);
  for (int i = 0; i < layer->weight_count; i++) {
    const rnn_weight *w = &layer->weights[i];
    int64_t size = rnn_size(&w->shape);
    rnn_try(add(cx, t, size, "weight", i, &t->weights[i]));
    rnn_fill_even(cx, rnn_mix_key(3, (uint64_t)i), -0.2f, 0.2f, size, t->weights[i]);
    for (int64_t j = 0; j < size; j++)
      t->weights[i][j] = rnn_weight_data(w)[j] + (w->fixed ? 0 : t->weights[i][j]);
    if (!w->fixed) rnn_try(add(cx, t, size, "the gradient of weight", i, &t->weight_gradients[i]));
  }
  t->call.weight_count = layer->weight_count;
  return RNN_OK;
}

static rnn_status add_states(rnn_context *cx, rnn_trial *t, rnn_trial_options o) {
  rnn_shape shapes[RNN_MAX_PORTS];
  int count = t->type->states ? t->type->states(t->self, &t->inputs[0].shape, shapes) : 0;
  if (count < 0 || count > RNN_MAX_PORTS)
    return rnn_fail(cx, RNN_INVALID, "states() gave %d states; 0 to %d are possible", count, RNN_MAX_PORTS);
  t->call.state_count = count;
  for (int i = 0; o.states && i < count; i++) {
    int64_t size = rnn_size(&shapes[i]);
    rnn_try(add(cx, t, size, "state", i, &t->states[i]));
    rnn_try(add(cx, t, size, "new state", i, &t->new_states[i]));
    rnn_fill_even(cx, rnn_mix_key(4, (uint64_t)i), -0.5f, 0.5f, size, t->states[i]);
  }
  return RNN_OK;
}

static rnn_status plan(rnn_context *cx, rnn_trial *t) {
  t->planned = true;
  rnn_try(rnn_layer_plan(cx, t->layer, &t->call));
  rnn_try(add(cx, t, t->call.saved_size, "saved", -1, &t->call.saved));
  return add(cx, t, t->call.scratch_size, "scratch", -1, &t->call.scratch);
}

rnn_status rnn_trial_open(rnn_context *cx, rnn_trial *t, rnn_layer *layer, int input_count, const rnn_shape *inputs,
                          rnn_trial_options o) {
  memset(t, 0, sizeof *t);
  t->layer = layer;
  t->options = o;
  t->type = rnn_layer_vtable(layer);
  t->self = layer->component->self;
  t->call = (rnn_call){.size = sizeof t->call, .input_count = input_count, .inputs = t->inputs, .outputs = t->outputs,
                       .weights = (const float *const *)t->weights, .weight_gradients = t->weight_gradients,
                       .states = (const float *const *)t->states, .new_states = t->new_states,
                       .training = o.training, .keeps = o.keeps, .key = 5};
  rnn_try(add_inputs(cx, t, inputs, o));
  rnn_try(add_outputs(cx, t, o));
  rnn_try(add_weights(cx, t));
  rnn_try(add_states(cx, t, o));
  return plan(cx, t);
}

void rnn_trial_close(rnn_trial *t) {
  if (t->planned) rnn_forget_call(t->layer, &t->call);
  rnn_yard_clear(&t->yard);
}

/* ---- running ---------------------------------------------------------------------------------------------- */

static rnn_status (*reseed_scripts)(rnn_context *cx);

void rnn_trial_set_reseed(rnn_status (*reseed)(rnn_context *cx)) { reseed_scripts = reseed; }

rnn_status rnn_trial_compute(rnn_context *cx, rnn_trial *t) {
  if (reseed_scripts) rnn_try(reseed_scripts(cx));
  return rnn_layer_forward(cx, t->layer, &t->call);
}

rnn_status rnn_trial_forward(rnn_context *cx, rnn_trial *t) {
  rnn_yard_blank(t->call.saved, t->call.saved_size);
  rnn_yard_blank(t->call.scratch, t->call.scratch_size);
  for (int i = 0; i < t->call.output_count; i++) rnn_yard_blank(t->outputs[i].data, rnn_size(&t->outputs[i].shape));
  rnn_try(rnn_trial_compute(cx, t));
  rnn_try(rnn_yard_check(cx, &t->yard, "forward"));
  for (int i = 0; i < t->call.output_count; i++)
    rnn_try(rnn_yard_check_written(cx, &t->yard, t->outputs[i].data, "forward"));
  for (int i = 0; i < t->call.state_count; i++)
    if (t->new_states[i]) rnn_try(rnn_yard_check_written(cx, &t->yard, t->new_states[i], "forward"));
  return RNN_OK;
}

rnn_status rnn_trial_backward(rnn_context *cx, rnn_trial *t, bool inputs, bool weights) {
  float *input_gradients[RNN_MAX_PORTS], *none[RNN_TRIAL_WEIGHTS] = {0};
  rnn_yard_blank(t->call.scratch, t->call.scratch_size);
  for (int i = 0; i < t->call.output_count; i++)
    memcpy(t->outputs[i].gradient, t->wanted[i], sizeof(float) * (size_t)rnn_size(&t->outputs[i].shape));
  for (int i = 0; i < t->call.input_count; i++) {
    input_gradients[i] = t->inputs[i].gradient;
    rnn_yard_blank(input_gradients[i], rnn_size(&t->inputs[i].shape));
    if (!inputs) t->inputs[i].gradient = NULL;
  }
  for (int i = 0; i < t->call.weight_count; i++)
    for (int64_t j = 0; t->weight_gradients[i] && j < rnn_size(&t->layer->weights[i].shape); j++)
      t->weight_gradients[i][j] = 1;
  t->call.weight_gradients = weights ? t->weight_gradients : none;
  rnn_status status = rnn_layer_backward(cx, t->layer, &t->call);
  t->call.weight_gradients = t->weight_gradients;
  for (int i = 0; i < t->call.input_count; i++) t->inputs[i].gradient = input_gradients[i];
  if (status == RNN_OK) status = rnn_yard_check(cx, &t->yard, "backward");
  for (int i = 0; status == RNN_OK && inputs && i < t->call.input_count; i++)
    status = rnn_yard_check_written(cx, &t->yard, input_gradients[i], "backward");
  for (int i = 0; status == RNN_OK && weights && i < t->call.weight_count; i++)
    if (t->weight_gradients[i]) status = rnn_yard_check_written(cx, &t->yard, t->weight_gradients[i], "backward");
  return status;
}

double rnn_trial_loss(const rnn_trial *t) {
  double loss = 0;
  for (int i = 0; i < t->call.output_count; i++) {
    const float *y = i == 0 && t->call.wants_sums ? t->call.sums : t->outputs[i].data;
    int64_t size = rnn_size(&t->outputs[i].shape);
    for (int64_t j = 0; j < size; j++) loss += (double)t->wanted[i][j] * y[j];
  }
  return loss;
}
