/* gru_kernels.c - the gates of GRU over padded rows; slots and formulas in gru.c */
#include "layers/rnn/kernels.h"

#define EACH(...)                                                                           \
  for (int64_t row = 0; row < r->rows; row++) {                                             \
    const int64_t w = r->width, at_gate = 4 * row * w;                                      \
    for (int64_t i = 0; i < w; i += RNN_WIDTH) __VA_ARGS__                                         \
    (void)at_gate;                                                                          \
  }
#define SUM(SLOT) (r->sums + at_gate + (SLOT) * w + i)
#define GATE(SLOT) (r->gates + at_gate + (SLOT) * w + i)
#define SLOPE(SLOT) (r->slopes + at_gate + (SLOT) * w + i)
#define H (r->h + row * r->h_stride + i)
#define BEFORE (r->before + row * r->h_stride + i)
#define DROPPED (r->dropped + row * r->h_stride + i)
#define DH (r->dh + row * w + i)
#define load rnn_v_load
#define store rnn_v_store

static void forward(const rnn_gru_rows *r) {
  EACH({
    rnn_v update = rnn_v_sigmoid(load(GATE(1))), reset = rnn_v_sigmoid(load(GATE(2)));
    rnn_v candidate = rnn_v_tanh(load(GATE(0)) + reset * load(GATE(3)));
    store(GATE(0), candidate), store(GATE(1), update), store(GATE(2), reset);
    store(H, update * load(BEFORE) + (1.0f - update) * candidate);
  })
}

static void backward(const rnn_gru_rows *r) {
  EACH({
    rnn_v candidate = load(GATE(0)), update = load(GATE(1)), reset = load(GATE(2)), dh = load(DH);
    rnn_v d = dh * (1.0f - update) * (1.0f - candidate * candidate);
    store(SLOPE(0), d);
    store(SLOPE(1), dh * (load(BEFORE) - candidate) * (update * (1.0f - update)));
    store(SLOPE(2), d * load(GATE(3)) * (reset * (1.0f - reset)));
    store(SLOPE(3), d * reset);
    store(DH, dh * update);
  })
}

static void blend(const rnn_gru_rows *r) {
  EACH({
    rnn_v update = load(GATE(1));
    store(H, update * load(BEFORE) + (1.0f - update) * load(GATE(0)));
  })
}

static void blend_back(const rnn_gru_rows *r) {
  EACH({
    rnn_v update = load(GATE(1)), dh = load(DH);
    store(SLOPE(0), dh * (1.0f - update));
    store(SLOPE(1), dh * (load(BEFORE) - load(GATE(0))));
    store(DH, dh * update);
  })
}

static void reset_after(const rnn_gru_rows *r) {
  EACH({ store(SUM(0), load(SUM(0)) + load(GATE(2)) * load(SUM(3))); })
}

static void reset_after_back(const rnn_gru_rows *r) {
  EACH({
    rnn_v d = load(SLOPE(0));
    store(SLOPE(2), d * load(SUM(3)));
    store(SLOPE(3), d * load(GATE(2)));
  })
}

static void reset_before(const rnn_gru_rows *r) {
  EACH({ store(GATE(3), load(GATE(2)) * load(DROPPED)); })
}

static void reset_before_back(const rnn_gru_rows *r) {
  EACH({
    rnn_v d = load(SLOPE(3));
    store(SLOPE(2), d * load(DROPPED));
    store(SLOPE(3), d * load(GATE(2)));
  })
}

const rnn_gru_functions RNN_KERNELS(rnn_gru_kernels) = {.forward = forward,
                                                        .backward = backward,
                                                        .blend = blend,
                                                        .blend_back = blend_back,
                                                        .reset_after = reset_after,
                                                        .reset_after_back = reset_after_back,
                                                        .reset_before = reset_before,
                                                        .reset_before_back = reset_before_back};
