/* lstm_kernels.c - the gates of LSTM over padded rows; formulas in lstm.c */
#include "layers/rnn/kernels.h"

#define EACH(...)                                                                           \
  for (int64_t row = 0; row < r->rows; row++) {                                             \
    const int64_t w = r->width, at_gate = 4 * row * w;                                      \
    for (int64_t i = 0; i < w; i += RNN_WIDTH) __VA_ARGS__                                         \
    (void)at_gate;                                                                          \
  }
#define GATE(SLOT) (r->gates + at_gate + (SLOT) * w + i)
#define SLOPE(SLOT) (r->slopes + at_gate + (SLOT) * w + i)
#define H (r->h + row * r->h_stride + i)
#define BEFORE (r->before + row * r->before_stride + i)
#define ROW(ARRAY) (r->ARRAY + row * w + i)
#define load rnn_v_load
#define store rnn_v_store

static void forward(const rnn_lstm_rows *r) {
  EACH({
    rnn_v in = rnn_v_sigmoid(load(GATE(0))), forget = rnn_v_sigmoid(load(GATE(1)));
    rnn_v candidate = rnn_v_tanh(load(GATE(2))), out = rnn_v_sigmoid(load(GATE(3)));
    rnn_v c = forget * load(BEFORE) + in * candidate, squashed = rnn_v_tanh(c);
    store(GATE(0), in), store(GATE(1), forget), store(GATE(2), candidate), store(GATE(3), out);
    store(ROW(c), c), store(ROW(squashed), squashed), store(H, out * squashed);
  })
}

static void backward(const rnn_lstm_rows *r) {
  EACH({
    rnn_v in = load(GATE(0)), forget = load(GATE(1)), candidate = load(GATE(2)), out = load(GATE(3));
    rnn_v squashed = load(ROW(squashed)), dh = load(ROW(dh));
    rnn_v dc = load(ROW(dc)) + dh * out * (1.0f - squashed * squashed);
    store(SLOPE(0), dc * candidate * (in * (1.0f - in)));
    store(SLOPE(1), dc * load(BEFORE) * (forget * (1.0f - forget)));
    store(SLOPE(2), dc * in * (1.0f - candidate * candidate));
    store(SLOPE(3), dh * squashed * (out * (1.0f - out)));
    store(ROW(dc), dc * forget);
  })
}

static void mix(const rnn_lstm_rows *r) {
  EACH({ store(ROW(c), load(GATE(1)) * load(BEFORE) + load(GATE(0)) * load(GATE(2))); })
}

static void output(const rnn_lstm_rows *r) {
  EACH({ store(H, load(GATE(3)) * load(ROW(squashed))); })
}

static void output_back(const rnn_lstm_rows *r) {
  EACH({
    rnn_v dh = load(ROW(dh));
    store(SLOPE(3), dh * load(ROW(squashed)));
    store(SLOPE(2), dh * load(GATE(3)));
  })
}

static void mix_back(const rnn_lstm_rows *r) {
  EACH({
    rnn_v dc = load(ROW(dc)) + load(SLOPE(2));
    store(SLOPE(0), dc * load(GATE(2)));
    store(SLOPE(1), dc * load(BEFORE));
    store(SLOPE(2), dc * load(GATE(0)));
    store(ROW(dc), dc * load(GATE(1)));
  })
}

const rnn_lstm_functions RNN_KERNELS(rnn_lstm_kernels) = {.forward = forward,
                                                          .backward = backward,
                                                          .mix = mix,
                                                          .output = output,
                                                          .output_back = output_back,
                                                          .mix_back = mix_back};
