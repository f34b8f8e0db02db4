/* recurrent.c - the plugin of the recurrent layers */
#include "layers/rnn/rnn.h"

static const rnn_type *const types[] = {&rnn_simple_rnn.type, &rnn_lstm.type, &rnn_gru.type,
                                        &rnn_bidirectional.type, &rnn_time_distributed.type, &rnn_masking.type};

RNN_PLUGIN(recurrent, "1.0", "SimpleRNN, LSTM, GRU, Bidirectional, TimeDistributed, Masking", types)
