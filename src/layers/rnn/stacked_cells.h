/* stacked_cells.h - StackedRNNCells, of which RNN sees the cells */
#ifndef RNN_STACKED_CELLS_H
#define RNN_STACKED_CELLS_H

#include "layers/rnn/chain.h"

typedef struct rnn_stacked_self {
  rnn_components cells;
  rnn_chain chain; /* no argument: made by check() */
} rnn_stacked_self;

#endif
