/* recurrent.c - the plugin of the recurrent layers */
#include "layers/rnn/rnn.h"

static const rnn_type *const types[] = {&rnn_simple_rnn.type, &rnn_lstm.type, &rnn_gru.type,
                                        &rnn_bidirectional.type, &rnn_time_distributed.type, &rnn_masking.type,
                                        &rnn_over_cells.type, &rnn_simple_rnn_cell.type, &rnn_lstm_cell.type,
                                        &rnn_gru_cell.type, &rnn_stacked_cells.type};

RNN_PLUGIN(recurrent, "1.1",
           "SimpleRNN, LSTM, GRU, Bidirectional, TimeDistributed, Masking; RNN, SimpleRNNCell, LSTMCell, GRUCell, "
           "StackedRNNCells", types)
