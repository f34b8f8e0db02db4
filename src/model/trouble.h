/*
** trouble.h - where a loss that is not finite comes from. Training looks for it once, at the first such loss: batches with
** a finite loss are not looked at.
*/
#ifndef RNN_TROUBLE_H
#define RNN_TROUBLE_H

#include "model/trainer.h"

#define RNN_TROUBLE_TEXT 640 /* bytes of a description, at most */

/* The batch whose loss it is, after judging and before anything was changed. */
typedef struct rnn_suspect {
  const rnn_plan *plan;
  const int64_t *order; /* of its samples in the data; NULL: from `first` on */
  int64_t first, samples;
  double loss, penalty; /* without the penalty, and that */
} rnn_suspect;

/* Writes what the first value is that is not finite, in the order: data, weights, what layers give, penalties, loss; and
** what can be done. */
void rnn_describe_trouble(const rnn_trainer *trainer, const rnn_suspect *suspect, char text[RNN_TROUBLE_TEXT]);

#endif
