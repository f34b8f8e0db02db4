/* walk.c - any cell taken through time: shapes, weights, and where everything of a call lies */
#include "layers/rnn/steps_mask.h"
#include "layers/rnn/walk.h"

#include <string.h>

#include "layers/rnn/rnn.h"

static const rnn_layer_type *cell_type(const rnn_walk *w) { return (const rnn_layer_type *)w->cell->type; }

static rnn_shape step_shape(const rnn_shape *x) { return (rnn_shape){2, {x->dim[0], x->dim[2]}}; }

/* ---- shapes and weights ----------------------------------------------------------------------------------------- */

static rnn_status check_sequence(rnn_context *cx, const rnn_shape *x) {
  char got[RNN_SHAPE_TEXT];
  if (x->ndim != 3)
    return rnn_fail(cx, RNN_INVALID, "expected (batch, timesteps, features), got %s",
                    cx->host->shape_text(got, x->ndim, x->dim));
  if (x->dim[1] == 0) return rnn_fail(cx, RNN_INVALID, "expected at least one timestep, got 0");
  return RNN_OK;
}

static bool same(const rnn_shape *a, const rnn_shape *b) {
  return a->ndim == b->ndim && memcmp(a->dim, b->dim, sizeof *a->dim * (size_t)a->ndim) == 0;
}

/* what the cell gives for one timestep: y, and states as it was given them */
static rnn_status cell_shapes(rnn_context *cx, const rnn_walk *w, const rnn_shape *x, rnn_shape *inputs,
                              rnn_shape *outputs) {
  int count;
  char got[RNN_SHAPE_TEXT];
  inputs[0] = step_shape(x);
  cell_type(w)->states(w->cell->self, inputs, inputs + 1);
  rnn_try(rnn_inner_shapes(cx, w->cell, 1 + w->states, inputs, &count, outputs));
  if (count != 1 + w->states)
    return rnn_fail(cx, RNN_INVALID, "%s gives %d outputs for x and %d states: a cell gives y and as many states",
                    w->cell->type->name, count, w->states);
  if (outputs->ndim != 2 || outputs->dim[0] != inputs->dim[0])
    return rnn_fail(cx, RNN_INVALID, "%s gives an output of shape %s for one timestep: expected (batch, columns)",
                    w->cell->type->name, cx->host->shape_text(got, outputs->ndim, outputs->dim));
  for (int i = 1; i < count; i++)
    if (!same(&inputs[i], &outputs[i]))
      return rnn_fail(cx, RNN_INVALID, "%s gives state %d another shape: %s", w->cell->type->name, i,
                      cx->host->shape_text(got, outputs[i].ndim, outputs[i].dim));
  return RNN_OK;
}

static rnn_status shapes(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                         int *output_count, rnn_shape *outputs) {
  const rnn_walk *w = self;
  rnn_shape own[RNN_MAX_PORTS + 1], made[RNN_MAX_PORTS];
  rnn_try(check_sequence(cx, inputs));
  rnn_try(cell_shapes(cx, w, inputs, own, made));
  for (int i = 1; i < input_count; i++) rnn_try(rnn_check_state(cx, inputs, rnn_columns(&own[i]), &inputs[i]));
  int64_t columns = made->dim[1];
  outputs[0] = w->return_sequences ? (rnn_shape){3, {inputs->dim[0], inputs->dim[1], columns}} : made[0];
  for (int i = 1; w->return_state && i <= w->states; i++) outputs[(*output_count)++] = made[i];
  return RNN_OK;
}

static rnn_status build(rnn_context *cx, void *self, rnn_layer *layer, int input_count, const rnn_shape *inputs) {
  (void)input_count;
  rnn_walk *w = self;
  rnn_shape own[RNN_MAX_PORTS + 1], made[RNN_MAX_PORTS];
  rnn_try(cell_shapes(cx, w, inputs, own, made));
  w->built = own[0];
  return cell_type(w)->build ? cell_type(w)->build(cx, w->cell->self, layer, 1 + w->states, own) : RNN_OK;
}

static int states(const void *self, const rnn_shape *input, rnn_shape *to) {
  const rnn_walk *w = self;
  rnn_shape x = {2, {input->dim[0], RNN_UNKNOWN}};
  return cell_type(w)->states(w->cell->self, &x, to);
}

/* As in Keras, the mask of a sequence that came out backwards is the input's as it is. */
static rnn_status mask(rnn_context *cx, const void *self, const rnn_call *call, uint8_t *to, bool *any) {
  (void)cx;
  const rnn_port *in = call->inputs;
  *any = ((const rnn_walk *)self)->return_sequences && in->mask;
  if (*any) memcpy(to, in->mask, (size_t)(in->shape.dim[0] * in->shape.dim[1]));
  return RNN_OK;
}

/* ---- where everything lies --------------------------------------------------------------------------------------- */

typedef struct cursor {
  float *base; /* NULL: only counts */
  int64_t used;
} cursor;

static float *take(cursor *c, int64_t numbers) {
  float *at = c->base ? c->base + c->used : NULL;
  c->used += (numbers + 15) & ~(int64_t)15;
  return at;
}

static void describe(rnn_walking *w, const rnn_shape *step_output, const rnn_shape *step_states) {
  const rnn_shape *x = &w->call->inputs->shape;
  w->batch = x->dim[0];
  w->time = x->dim[1];
  w->features = x->dim[2];
  w->columns = step_output->dim[1];
  w->mask = rnn_steps_mask(w->call);
  for (int i = 0; i < w->self->states; i++) w->size[i] = rnn_columns(&step_states[i]);
}

static int64_t padded(int64_t numbers) { return (numbers + 15) & ~(int64_t)15; }

static void lay_out_saved(rnn_walking *w, cursor *c) {
  bool all = w->call->keeps;
  int64_t steps = all ? w->time : 1;
  w->x = take(c, steps * w->batch * w->features);
  w->y = take(c, steps * w->batch * w->columns);
  for (int i = 0; i < w->self->states; i++) {
    w->made[i] = take(c, steps * w->batch * w->size[i]);
    w->before[i] = take(c, (steps + 1) * w->batch * w->size[i]);
  }
  w->cell_saved = take(c, steps * padded(w->record->steps->call.saved_size));
}

static void lay_out_scratch(rnn_walking *w, cursor *c, bool backward) {
  w->cell_scratch = take(c, w->record->steps->call.scratch_size);
  w->last = take(c, w->batch * w->columns);
  if (!backward) return;
  w->dx = take(c, w->batch * w->features);
  w->dy = take(c, w->batch * w->columns);
  w->pending = take(c, w->batch * w->columns);
  for (int i = 0; i < w->self->states; i++) {
    w->dmade[i] = take(c, w->batch * w->size[i]);
    w->dstates[i] = take(c, w->batch * w->size[i]);
    w->dbefore[i] = take(c, w->batch * w->size[i]);
  }
}

static rnn_walk_record *open_record(rnn_context *cx, rnn_call *call) {
  if (call->memory) return call->memory;
  int64_t count = call->keeps ? call->inputs->shape.dim[1] : 1;
  rnn_walk_record *r = cx->host->allocate(cx, sizeof *r + sizeof *r->steps * (size_t)count);
  if (r == NULL) return NULL;
  r->host = cx->host;
  r->count = count;
  return call->memory = r;
}

static rnn_status plan(rnn_context *cx, const void *self, rnn_call *call) {
  rnn_walking w = {.cx = cx, .self = self, .call = call, .record = open_record(cx, call)};
  rnn_shape own[RNN_MAX_PORTS + 1], made[RNN_MAX_PORTS];
  if (w.record == NULL) return RNN_NO_MEMORY;
  rnn_try(cell_shapes(cx, self, &call->inputs->shape, own, made));
  rnn_try(rnn_inner_fits(cx, w.self->cell, &w.self->built, own, 1));
  for (int64_t s = 0; s < w.record->count; s++) {
    rnn_subcall *sub = &w.record->steps[s];
    sub->component = w.self->cell;
    sub->call.weight_count = call->weight_count;
    rnn_try(rnn_subcall_plan(cx, sub, call, 1 + w.self->states, own));
  }
  cursor saved = {0}, scratch = {0};
  describe(&w, made, own + 1);
  lay_out_saved(&w, &saved);
  lay_out_scratch(&w, &scratch, call->keeps);
  call->saved_size = saved.used;
  call->scratch_size = scratch.used;
  return RNN_OK;
}

rnn_walking rnn_start_walk(rnn_context *cx, const rnn_walk *self, rnn_call *call, bool backward) {
  rnn_walking w = {.cx = cx, .self = self, .call = call, .record = call->memory};
  const rnn_subcall *first = w.record->steps;
  rnn_shape own[RNN_MAX_PORTS];
  for (int i = 0; i < self->states; i++) own[i] = first->inputs[1 + i].shape;
  describe(&w, &first->outputs->shape, own);
  lay_out_saved(&w, &(cursor){call->saved, 0});
  lay_out_scratch(&w, &(cursor){call->scratch, 0}, backward);
  return w;
}

rnn_subcall *rnn_walk_step(const rnn_walking *w, int64_t step) {
  static float *nothing[RNN_MAX_PORTS];
  int64_t at = rnn_walk_place(w, step), rows = at * w->batch;
  rnn_subcall *sub = &w->record->steps[at];
  rnn_subcall_bind(w->cx, sub, w->call, w->cell_saved + at * padded(sub->call.saved_size), w->cell_scratch);
  sub->call.states = (const float *const *)nothing; /* those of the layer are not the cell's */
  sub->call.new_states = nothing;
  sub->inputs[0].data = w->x + rows * w->features;
  sub->outputs[0].data = w->y + rows * w->columns;
  sub->inputs[0].gradient = sub->outputs[0].gradient = NULL;
  for (int i = 0; i < w->self->states; i++) {
    sub->inputs[1 + i].data = rnn_walk_before(w, i, step);
    sub->outputs[1 + i].data = w->made[i] + rows * w->size[i];
    sub->inputs[1 + i].gradient = sub->outputs[1 + i].gradient = NULL;
  }
  return sub;
}

static void forget(const void *self, rnn_call *call) {
  (void)self;
  rnn_walk_record *r = call->memory;
  for (int64_t s = 0; s < r->count; s++) rnn_subcall_forget(&r->steps[s]);
  r->host->release(r);
}

const rnn_layer_type rnn_walk_type = {
    .type = {RNN_TYPE(rnn_layer_type, RNN_LAYER, "RNN"), .self_size = sizeof(rnn_walk)},
    .flags = RNN_LAYER_TAKES_MASK | RNN_LAYER_RANDOM,
    .max_inputs = RNN_MAX_PORTS,
    .shapes = shapes,
    .build = build,
    .plan = plan,
    .forward = rnn_walk_forward,
    .backward = rnn_walk_backward,
    .mask = mask,
    .states = states,
    .forget = forget};
