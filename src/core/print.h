/* print.h - a tensor as NumPy 2 prints it */
#ifndef RNN_PRINT_H
#define RNN_PRINT_H

#include "core/tensor.h"
#include "core/text.h"

/* Appends what str(array) gives under NumPy's default print options: 8 digits, 75 columns,
** summarised beyond 1,000 elements to 3 at each end of an axis. Looks at no element that it doesn't
** write. */
rnn_status rnn_print_tensor(rnn_context *cx, const rnn_tensor *t, rnn_text *text);

#endif
