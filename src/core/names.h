/* names.h - default names of layers and models */
#ifndef RNN_NAMES_H
#define RNN_NAMES_H

#include <stddef.h>

/* SimpleRNN -> simple_rnn; keras.utils' to_snake_case */
void rnn_snake_case(const char *name, char *out, size_t size);

/* Forgets the counts behind default names, as keras.utils.clear_session does. */
void rnn_reset_names(void);
/* The next default name: dense, dense_1, … */
void rnn_unique_name(const char *base, char *out, size_t size);

#endif
