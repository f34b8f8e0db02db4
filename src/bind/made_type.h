/* made_type.h - a vtable, its arguments and its strings, made from what a script registers */
#ifndef RNN_BIND_MADE_TYPE_H
#define RNN_BIND_MADE_TYPE_H

#include <lua.h>

#include "bind/script.h"

typedef struct rnn_made_text rnn_made_text; /* a chain of strings */

typedef struct rnn_made_type {
  struct rnn_made_type *next; /* of the same registration */
  union {
    rnn_type type; /* what every vtable starts with */
    rnn_activation_type activation;
    rnn_initializer_type initializer;
    rnn_regularizer_type regularizer;
    rnn_constraint_type constraint;
    rnn_loss_type loss;
    rnn_metric_type metric;
    rnn_optimizer_type optimizer;
    rnn_schedule_type schedule;
    rnn_layer_type layer;
  } vtable;
  rnn_script_spec spec;
  rnn_arg *args;
  rnn_made_text *texts;
} rnn_made_type;

/* Makes one from the table at index, which lua/rnnlua/register.lua has checked and filled. Raises; what was made by
** then is *made all the same, to be freed. */
void rnn_make_type(lua_State *L, int index, rnn_kind kind, rnn_made_type **made);
void rnn_free_made_type(rnn_made_type *made); /* NULL is fine; must not be registered */

/* A copy of a string that lives as long as the chain. NULL: no memory. */
const char *rnn_keep_text(rnn_made_text **chain, const char *text);
void rnn_free_texts(rnn_made_text *chain);

#endif
