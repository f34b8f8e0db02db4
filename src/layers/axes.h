/*
** axes.h - for layers that work along some axes: the argument `axis`, and arrays as rows along these axes.
**
** An array seen along axes 2 and 3 of (batch, a, b, c) is batch · c rows of a · b numbers. Where the axes are the last
** ones it lies like that already; else its numbers are copied into rows, and back.
*/
#ifndef RNN_LAYERS_AXES_H
#define RNN_LAYERS_AXES_H

#include "rnnlua.h"

#define RNN_AXIS_DOC "from 1, the batch's, which is none of them; -1: the last"

typedef struct rnn_lanes {
  int64_t rows, length;
  bool direct;                   /* the array is rows × length as it lies */
  rnn_shape shape;
  int64_t stride[RNN_MAX_DIMS]; /* of each axis in the array of rows */
} rnn_lanes;

/* fails unless a list of axes has whole numbers alone, none of them 0; in the words of a constructor */
rnn_status rnn_check_axes(rnn_context *cx, const char *layer, const char *argument, const rnn_numbers *axes);

/* `along`, one flag an axis, from a list of axes as a script gives them. Fails for the batch's axis, one that
** `shape` does not have or that is named twice, and one of unknown extent. */
rnn_status rnn_read_axes(rnn_context *cx, const char *argument, const rnn_numbers *axes,
                         const rnn_shape *shape, bool *along);

/* the same, of a shape that has passed */
rnn_lanes rnn_lanes_along(const rnn_numbers *axes, const rnn_shape *shape);

/* extents of the axes along which lanes go, in their order: the shape of a weight that goes with a row */
rnn_shape rnn_lanes_extents(const rnn_numbers *axes, const rnn_shape *shape);

/* x as rows: x itself, or copied into `room`, of x's size */
const float *rnn_lanes_of(const rnn_lanes *lanes, const float *x, float *room);
/* where rows of y may be written, `room` or y itself; and then y from them */
float *rnn_lanes_for(const rnn_lanes *lanes, float *y, float *room);
void rnn_lanes_done(const rnn_lanes *lanes, const float *rows, float *y);

/* numbers that `arrays` copied arrays need */
int64_t rnn_lanes_room(const rnn_lanes *lanes, int arrays);

#endif
