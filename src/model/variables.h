/* variables.h - the trained weights of a model, their gradients, and one optimizer step over them */
#ifndef RNN_VARIABLES_H
#define RNN_VARIABLES_H

#include "model/graph.h"

#define RNN_MAX_SLOTS 8 /* of an optimizer */

/* One trained weight. */
typedef struct rnn_variable {
  const rnn_layer *layer;
  int index; /* of the weight in its layer */
  rnn_shape shape;
  const rnn_component *regularizer, *constraint; /* or NULL */
  int64_t size;
  float *weights;
  int64_t offset; /* of its gradient, and of its numbers in each slot */
  const rnn_slices *slices; /* of its gradient, see slices.h; NULL: it is one gradient */
} rnn_variable;

/* All of them, with gradients and the optimizer's slots laid out in the same order, each as one vector. Which
** weights are trained is settled when this is made; gradients and slots are there once training starts. */
typedef struct rnn_variables {
  int count;
  rnn_variable *items;
  int64_t total;
  float *gradients;
  const rnn_component *optimizer; /* a reference */
  int slot_count; /* the optimizer's own, then what its arguments in common ask for (core/common.h): */
  int average_slot, accumulator_slot; /* the moving average of weights, sums of gradients; -1: none */
  float *slots; /* slot_count × total */
  rnn_slices *slices; /* of all items that have them, and the numbers behind */
  float *slice_numbers;
  int64_t slice_count;
  float *backup; /* of weights, then slots, for steps that a script may make fail; NULL: not needed yet */
  int64_t iterations; /* batches; steps are fewer where gradients are accumulated, see rnn_variables_steps */
  const rnn_variable *all; /* all items where a step is over some of them alone; NULL: items are all */
  int all_count;
} rnn_variables;

/* On error `variables` is all zero. */
rnn_status rnn_variables_make(rnn_context *cx, rnn_variables *variables, const rnn_graph *graph,
                              const rnn_component *optimizer);
/* The same for weights that need not be a model's: items with shape, size, weights and perhaps constraint. */
rnn_status rnn_variables_make_of(rnn_context *cx, rnn_variables *variables, int count,
                                 const rnn_variable *items, const rnn_component *optimizer);
void rnn_variables_clear(rnn_variables *variables);

/* Makes gradients and slots where they are not there yet. On error nothing has changed. */
rnn_status rnn_variables_start(rnn_context *cx, rnn_variables *variables);

/* Sets gradients to zero, to be added to. */
void rnn_variables_zero(const rnn_variables *variables);

/* where the gradient of a layer's weight goes, and what is wanted of its slices; NULL if it is not trained */
float *rnn_variables_gradient(const rnn_variables *variables, const rnn_layer *layer, int weight,
                              const rnn_slices **slices);

/* Adds all regularizers' penalties to *penalty and, if asked, their gradients. */
rnn_status rnn_variables_penalty(rnn_context *cx, const rnn_variables *variables, bool gradients,
                                 double *penalty);

/* One step: clip, decay, update, average, constrain. */
rnn_status rnn_variables_update(rnn_context *cx, rnn_variables *variables);

/* Steps so far, as Keras' optimizer.iterations counts them: batches, or groups of them whose gradients were accumulated. */
int64_t rnn_variables_steps(const rnn_variables *variables);

/* Where the optimizer keeps a moving average of the weights and a step was made: the weights become the average, it
** becomes the weights, or both change places. */
typedef enum rnn_averaging { RNN_TAKE_AVERAGE, RNN_SET_AVERAGE, RNN_SWAP_AVERAGE } rnn_averaging;
void rnn_variables_average(rnn_variables *variables, rnn_averaging how);

#endif
