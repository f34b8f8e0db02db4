/*
** trainer.h - fits a graph to data, a batch at a time, and can stop after any batch.
**
** A pass goes once over the data bound, in training or in test mode. Callers start a pass, run batches
** until none are left, and read the running means.
*/
#ifndef RNN_TRAINER_H
#define RNN_TRAINER_H

#include "model/data.h"
#include "model/objective.h"
#include "model/plan.h"
#include "model/variables.h"

typedef struct rnn_trainer {
  const rnn_graph *graph; /* borrowed: must outlive the trainer */
  rnn_objective objective;
  rnn_variables variables;
  rnn_workspace training, testing;
  rnn_data data;
  int64_t batch_size, samples;
  int64_t *order; /* room for `samples`; the order of this pass if shuffled */
  int64_t order_size;
  bool is_training, is_shuffled;
  bool is_running; /* a batch is under way: nothing but reading is safe */
  int64_t position; /* samples of this pass done */
  int64_t columns[RNN_MAX_PORTS]; /* of each output */
  int sums_node[RNN_MAX_PORTS];   /* of an output whose loss takes sums (logits.h); -1 */
  bool has_looked;      /* for where a loss that is not finite comes from (trouble.h) */
  int64_t trouble_step; /* of that loss, from 1 */
  char *trouble;        /* what was found, not told yet; NULL: nothing */
  rnn_shape bound[2];   /* of x and y as last bound, one array each and nothing else; ndim 0: that was not so */
} rnn_trainer;

/* Takes over `objective`'s goals, on error too. The trainer must not move afterwards. */
rnn_status rnn_trainer_make(rnn_context *cx, rnn_trainer *trainer, const rnn_graph *graph,
                            const rnn_component *optimizer, rnn_objective *objective);
void rnn_trainer_clear(rnn_trainer *trainer);

/* Data for the next passes, which must stay valid. On error what was bound before stays bound. */
rnn_status rnn_trainer_bind(rnn_context *cx, rnn_trainer *trainer, const rnn_data *data,
                            int64_t batch_size);

/* Whether one x and one y of these shapes were the last to be bound, so that nothing is left to be checked. */
bool rnn_trainer_knows(const rnn_trainer *trainer, const rnn_shape *x, const rnn_shape *y);

/* Trains on such data as one batch, and lets go of it. */
rnn_status rnn_trainer_step(rnn_context *cx, rnn_trainer *trainer, const rnn_array *x, const rnn_array *y);

/* From here on the next loss of a training that is not finite is looked into. */
void rnn_trainer_look_out(rnn_trainer *trainer);

/* Forgets the data: nothing of it is read again. */
void rnn_trainer_release(rnn_trainer *trainer);

/* Begins a pass; resets the running means unless told to keep them. */
rnn_status rnn_trainer_start(rnn_context *cx, rnn_trainer *trainer, bool training, bool shuffle, bool keep_means);

/* Runs at most `batches` batches; *done is how many, fewer only at the pass's end. RNN_INTERRUPTED: Ctrl-C
** was pressed; weights are those after the last update. */
rnn_status rnn_trainer_run(rnn_context *cx, rnn_trainer *trainer, int64_t batches, int64_t *done);

#endif
