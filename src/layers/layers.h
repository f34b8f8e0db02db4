/* layers.h - what this room's own files share: the list of its types, and functions on shapes and noise */
#ifndef RNN_LAYERS_H
#define RNN_LAYERS_H

#include "rnnlua.h"
#include "rnnlua_math.h"

extern const rnn_layer_type rnn_dense, rnn_activation_layer, rnn_flatten, rnn_dropout;
extern const rnn_layer_type rnn_embedding, rnn_conv_1d;
extern const rnn_layer_type rnn_layer_normalization, rnn_batch_normalization, rnn_unit_normalization,
    rnn_normalization;
extern const rnn_layer_type rnn_gaussian_noise, rnn_gaussian_dropout, rnn_alpha_dropout, rnn_spatial_dropout_1d;
extern const rnn_layer_type rnn_activity_regularization;
extern const rnn_layer_type rnn_prelu, rnn_relu_layer, rnn_leaky_relu_layer, rnn_elu_layer, rnn_softmax_layer;
extern const rnn_layer_type rnn_average_pooling_1d, rnn_max_pooling_1d;
extern const rnn_layer_type rnn_up_sampling_1d, rnn_zero_padding_1d, rnn_cropping_1d;
extern const rnn_layer_type rnn_attention, rnn_multi_head_attention;

/* shapes() of a layer that leaves its input's shape as it is */
rnn_status rnn_same_shape(rnn_context *cx, const void *self, int input_count, const rnn_shape *inputs,
                          int *output_count, rnn_shape *outputs);

/* fails unless a shape is (batch, timesteps, features) */
rnn_status rnn_need_steps(rnn_context *cx, const rnn_shape *shape);

/* How many items, with as many numbers to read, write or multiply, make a tile worth a thread. */
int64_t rnn_items_a_tile(int64_t numbers);

/* f(data, i) for every item i < items, each of so many numbers: on several threads where that pays. What f does for one
** item may not depend on the others. */
void rnn_share_items(rnn_context *cx, int64_t items, int64_t numbers, rnn_tile_function f, void *data);

/* The argument noise_shape: whether its extents can be, whether they fit an input's (ndim -1 always do), and numbers
** in [0, 1) of a random stream for each of the input's, the same for those that share one. */
rnn_status rnn_check_noise_shape(rnn_context *cx, const char *layer, const rnn_shape *noise);
rnn_status rnn_fit_noise_shape(rnn_context *cx, const rnn_shape *noise, const rnn_shape *input);
void rnn_draw_noise(rnn_context *cx, uint64_t key, const rnn_shape *noise, const rnn_shape *input, float *out);

#endif
