/* dtype.h - the four kinds of elements that loops know */
#ifndef RNN_KERNELS_DTYPE_H
#define RNN_KERNELS_DTYPE_H

typedef enum rnn_dtype { RNN_BOOL, RNN_INT64, RNN_FLOAT32, RNN_FLOAT64 } rnn_dtype;
#define RNN_DTYPE_COUNT 4

#endif
