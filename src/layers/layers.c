/* layers.c - the plugin of the plain layers but Dense (dense.c) */
#include "layers/layers.h"

rnn_status rnn_same_shape(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                          int *output_count, rnn_shape *outputs) {
  (void)cx, (void)self, (void)input_count, (void)output_count;
  *outputs = *inputs;
  return RNN_OK;
}

static const rnn_type *const types[] = {
    &rnn_activation_layer.type, &rnn_flatten.type, &rnn_dropout.type, &rnn_embedding.type,
    &rnn_conv_1d.type, &rnn_layer_normalization.type, &rnn_batch_normalization.type, &rnn_unit_normalization.type,
    &rnn_normalization.type,
    &rnn_gaussian_noise.type, &rnn_gaussian_dropout.type, &rnn_alpha_dropout.type, &rnn_spatial_dropout_1d.type,
    &rnn_activity_regularization.type, &rnn_prelu.type, &rnn_relu_layer.type, &rnn_leaky_relu_layer.type,
    &rnn_elu_layer.type, &rnn_softmax_layer.type, &rnn_average_pooling_1d.type, &rnn_max_pooling_1d.type,
    &rnn_up_sampling_1d.type, &rnn_zero_padding_1d.type, &rnn_cropping_1d.type,
    &rnn_attention.type, &rnn_multi_head_attention.type};

RNN_PLUGIN(layers, "1.0", "all but Dense: Embedding, Conv1D, normalization, noise, activations, pooling, attention", types)
