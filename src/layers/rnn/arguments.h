/* arguments.h - the declared arguments of recurrent layers, for the tables of each */
#ifndef RNN_ARGUMENTS_H
#define RNN_ARGUMENTS_H

#include "layers/rnn/rnn.h"

#define RNN_FIELD(NAME) offsetof(rnn_recurrent, NAME)
#define RNN_PART(NAME, FALLBACK, KIND, DOC) \
  {#NAME, RNN_ARG_COMPONENT, RNN_FIELD(NAME), FALLBACK, NULL, KIND, DOC}
#define RNN_FLAG(NAME, FALLBACK, DOC) \
  {#NAME, RNN_ARG_BOOLEAN, RNN_FIELD(NAME), FALLBACK, NULL, 0, DOC}

#define RNN_UNITS_ARG                                                                           \
  {"units", RNN_ARG_INTEGER, RNN_FIELD(units), NULL, "[1, 1e9]", 0, "size of the state and the output"}
#define RNN_INITIALIZER_ARGS(COLUMNS, BIAS)                                                     \
  RNN_PART(kernel_initializer, "glorot_uniform", RNN_INITIALIZER,                               \
           "fills the kernel, (features, " COLUMNS ")"),                                        \
      RNN_PART(recurrent_initializer, "orthogonal", RNN_INITIALIZER,                            \
               "fills the recurrent kernel, (units, " COLUMNS ")"),                             \
      RNN_PART(bias_initializer, "zeros", RNN_INITIALIZER, "fills the bias, " BIAS)
#define RNN_REGULARIZER_ARGS                                                                    \
  RNN_PART(kernel_regularizer, "nil", RNN_REGULARIZER, "penalty on the kernel"),                \
      RNN_PART(recurrent_regularizer, "nil", RNN_REGULARIZER, "penalty on the recurrent kernel"), \
      RNN_PART(bias_regularizer, "nil", RNN_REGULARIZER, "penalty on the bias")
#define RNN_CONSTRAINT_ARGS                                                                     \
  RNN_PART(kernel_constraint, "nil", RNN_CONSTRAINT, "projection of the kernel after each update"), \
      RNN_PART(recurrent_constraint, "nil", RNN_CONSTRAINT,                                     \
               "projection of the recurrent kernel after each update"),                         \
      RNN_PART(bias_constraint, "nil", RNN_CONSTRAINT, "projection of the bias after each update")
#define RNN_DROPOUT_ARGS                                                                        \
  {"dropout", RNN_ARG_NUMBER, RNN_FIELD(dropout), "0", "[0, 1)", 0,                             \
   "share of the inputs dropped while training, the same at all timesteps"},                    \
      {"recurrent_dropout", RNN_ARG_NUMBER, RNN_FIELD(recurrent_dropout), "0", "[0, 1)", 0,     \
       "share of the state dropped on its way to the next timestep while training"}
#define RNN_SEQUENCE_ARGS                                                                       \
  RNN_FLAG(return_sequences, "false", "whether to return the output of every step, not the last one"), \
      RNN_FLAG(return_state, "false", "whether to return the last states too, as further outputs"), \
      RNN_FLAG(go_backwards, "false", "whether to go from the last timestep to the first"),     \
      RNN_FLAG(stateful, "false",                                                               \
               "whether the states at the end of a batch are those at the start of the next"),  \
      RNN_FLAG(unroll, "false", "changes no result; taken for the sake of Keras' scripts")
#define RNN_SEED_ARG \
  {"seed", RNN_ARG_INTEGER, RNN_FIELD(seed), "nil", NULL, 0, "of the dropout masks"}
#define RNN_MASK_ARG                                                                            \
  RNN_FLAG(zero_output_for_mask, "false",                                                       \
           "whether the output of masked timesteps is 0, not that of the step before")

/* the rest of a recurrent layer's vtable */
#define RNN_RECURRENT_SLOTS                                                                     \
  .shapes = rnn_recurrent_shapes, .build = rnn_recurrent_build, .plan = rnn_recurrent_plan,     \
  .forget = rnn_recurrent_forget,                                                               \
  .forward = rnn_recurrent_forward, .backward = rnn_recurrent_backward,                         \
  .mask = rnn_recurrent_mask, .states = rnn_recurrent_states

/* and of a cell's */
#define RNN_CELL_SLOTS                                                                          \
  .flags = RNN_LAYER_RANDOM | RNN_LAYER_CELL, .shapes = rnn_cell_shapes, .build = rnn_cell_build, \
  .plan = rnn_cell_plan, .forward = rnn_cell_forward, .backward = rnn_cell_backward,            \
  .forget = rnn_cell_forget, .states = rnn_recurrent_states

#endif
