/* rows.h - tensors as losses and metrics see them: rows × columns of float32 */
#ifndef RNN_ROWS_H
#define RNN_ROWS_H

#include <lua.h>

#include "core/reduction.h"
#include "core/tensor.h"

/* y_true, y_pred and sample_weight of one call; each lies in a tensor on the stack. */
typedef struct rnn_lua_rows {
  int64_t rows, columns;
  const float *y_true, *y_pred;
  const float *weights;     /* one a row; NULL: all 1 */
  const rnn_tensor *pred;   /* for its shape */
} rnn_lua_rows;

/* Reads the three values at `first`, `first` + 1 and `first` + 2 (may be absent), converts them and pushes
** what it made. Where the shapes do not fit it raises an error that begins with the name of `type`. */
void rnn_lua_to_rows(lua_State *L, int first, const rnn_type *type, rnn_target target,
                     rnn_lua_rows *out);

/* Where y_pred at `index` carries a mask with an entry for each row, masked rows get weight 0: pushes the tensor that
** out->weights then lies in. */
void rnn_lua_mask_rows(lua_State *L, int index, rnn_lua_rows *out);

/* How the losses of these rows become one number. Where some do not count, by y_pred's mask or as a class that the loss
** ignores, out->weights become what each row counts, in a tensor of y_pred's shape without its last axis that is pushed;
** false: nothing was. */
bool rnn_lua_reduce_rows(lua_State *L, int index, const rnn_component *loss, rnn_lua_rows *out,
                         rnn_reduction *reduction);

/* rows and columns of one tensor */
void rnn_lua_extents(const rnn_tensor *t, int64_t *rows, int64_t *columns);

#endif
