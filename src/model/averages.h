/*
** averages.h - what an optimizer's arguments use_ema and gradient_accumulation_steps ask for, around its own update
** (keras/src/optimizers/base_optimizer.py). Both keep their numbers in slots of their own, behind the optimizer's.
*/
#ifndef RNN_AVERAGES_H
#define RNN_AVERAGES_H

#include "model/variables.h"

/* Whether this batch's gradients make a step: false where they were only added to those kept; true, and the gradients
** are the mean of all since the last step. Without gradient_accumulation_steps every batch makes one. */
bool rnn_gradients_are_due(rnn_variables *variables);

/* Moves the average towards the weights, and where it is time replaces them by it. Comes after each batch. */
void rnn_average_weights(rnn_variables *variables);

#endif
