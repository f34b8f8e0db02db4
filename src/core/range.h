/* range.h - the ranges of declared arguments: "[0, 1)", "valid|same" */
#ifndef RNN_RANGE_H
#define RNN_RANGE_H

#include <stdbool.h>

/* whether x lies in an interval written "[0, 1)" */
bool rnn_in_interval(double x, const char *range);

/* whether word is one of "valid|same" */
bool rnn_in_choices(const char *word, const char *choices);

#endif
