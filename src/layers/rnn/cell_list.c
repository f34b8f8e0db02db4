/* cell_list.c - the cells that RNN and StackedRNNCells are given */
#include "layers/rnn/chain.h"
#include "layers/rnn/rnn.h"
#include "layers/rnn/stacked_cells.h"

static bool is_cell(const rnn_component *layer) {
  const rnn_layer_type *type = (const rnn_layer_type *)layer->type;
  return type->flags & RNN_LAYER_CELL && type->states;
}

int rnn_count_states(const rnn_component *cell) {
  rnn_shape x = {2, {RNN_UNKNOWN, RNN_UNKNOWN}}, shapes[RNN_MAX_PORTS];
  return ((const rnn_layer_type *)cell->type)->states(cell->self, &x, shapes);
}

int rnn_flatten_cells(const rnn_components *cells, const rnn_component **to, int most) {
  int count = 0;
  for (int64_t i = 0; i < cells->count && count < most; i++) {
    const rnn_component *cell = cells->items[i];
    if (cell->type == &rnn_stacked_cells.type)
      count += rnn_flatten_cells(&((const rnn_stacked_self *)cell->self)->cells, to + count, most - count);
    else
      to[count++] = cell;
  }
  return count;
}

static rnn_status check_once(rnn_context *cx, const char *who, const char *argument, int count,
                             const rnn_component *const *cells) {
  for (int i = 0; i < count; i++)
    for (int k = 0; k < i; k++)
      if (cells[i] == cells[k])
        return rnn_fail(cx, RNN_INVALID, "%s: argument '%s' has the same %s twice: weights of cells are not shared, make "
                        "two cells", who, argument, cells[i]->type->name);
  return RNN_OK;
}

rnn_status rnn_check_cells(rnn_context *cx, const char *who, const char *argument, const rnn_components *cells) {
  const rnn_component *flat[RNN_MAX_PORTS + 1];
  int states = 0;
  if (cells->count == 0)
    return rnn_fail(cx, RNN_INVALID, "%s: argument '%s' must be a list of cells, got an empty one", who, argument);
  for (int64_t i = 0; i < cells->count; i++)
    if (!is_cell(cells->items[i]))
      return rnn_fail(cx, RNN_INVALID, "%s: argument '%s' must be a cell, as LSTMCell, or a list of cells, got %s", who,
                      argument, cells->items[i]->type->name);
  int count = rnn_flatten_cells(cells, flat, RNN_MAX_PORTS + 1);
  for (int i = 0; i < count; i++) states += rnn_count_states(flat[i]);
  if (count > RNN_MAX_PORTS || states > RNN_MAX_PORTS)
    return rnn_fail(cx, RNN_INVALID, "%s: argument '%s': at most %d states of all cells together are supported", who,
                    argument, RNN_MAX_PORTS);
  return check_once(cx, who, argument, count, flat);
}
