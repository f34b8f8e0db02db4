/*
** chain.h - layers one behind the other, as StackedRNNCells calls its cells, and RNN what takes them through time.
**
** A link takes what the one before it gave, and states of its own. Inputs of the chain are x and then, or not at all,
** the states of all links; outputs are what the last link gives, then the states that the links return.
*/
#ifndef RNN_CHAIN_H
#define RNN_CHAIN_H

#include "rnnlua.h"

typedef struct rnn_link {
  rnn_component layer;
  int states;
  int weights;     /* how many, from build on */
  rnn_shape built; /* for what x */
} rnn_link;

typedef struct rnn_chain {
  const rnn_host *host;
  int count, states; /* links, and their states in all */
  rnn_link *links;   /* the chain's; rnn_chain_release gives them back */
  bool turned;       /* what the first link gives runs from the last timestep to the first, and so masks for others do */
} rnn_chain;

/* Makes room for that many links, to be filled in. Nothing is to be given back where it fails. */
rnn_status rnn_chain_make(rnn_context *cx, rnn_chain *chain, int count);
void rnn_chain_release(rnn_chain *chain);

/* for slots of a vtable whose self has a chain */
rnn_status rnn_chain_shapes(rnn_context *cx, const rnn_chain *chain, int input_count, const rnn_shape *inputs,
                            int *output_count, rnn_shape *outputs);
rnn_status rnn_chain_build(rnn_context *cx, rnn_chain *chain, rnn_layer *layer, const rnn_shape *x);
rnn_status rnn_chain_plan(rnn_context *cx, const rnn_chain *chain, rnn_call *call);
rnn_status rnn_chain_forward(rnn_context *cx, const rnn_chain *chain, rnn_call *call);
rnn_status rnn_chain_backward(rnn_context *cx, const rnn_chain *chain, rnn_call *call);
int rnn_chain_states(const rnn_chain *chain, const rnn_shape *x, rnn_shape *shapes);
void rnn_chain_forget(rnn_call *call);

/* The links that a list of cells stands for, where StackedRNNCells counts as its cells: how many, or the first `most` of
** them. */
int rnn_flatten_cells(const rnn_components *cells, const rnn_component **to, int most);

/* Whether these are cells, none of them there twice, with states for one call in all. */
rnn_status rnn_check_cells(rnn_context *cx, const char *who, const char *argument, const rnn_components *cells);

/* how many states a cell has */
int rnn_count_states(const rnn_component *cell);

#endif
