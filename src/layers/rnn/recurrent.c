/* recurrent.c - the plugin of the recurrent layers */
#include "layers/rnn/rnn.h"

static const rnn_type *const types[] = {&rnn_simple_rnn.type, &rnn_lstm.type, &rnn_gru.type};

RNN_PLUGIN(recurrent, "1.0", "SimpleRNN, LSTM, GRU", types)
