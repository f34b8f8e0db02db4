/* sharing.c - loops over items, shared with threads where there is enough to do */
#include "layers/layers.h"

#define TILE 16384 /* numbers */

typedef struct shared {
  rnn_context *cx;
  int64_t items, each; /* each: items of a tile */
  rnn_tile_function f;
  void *data;
} shared;

static void run_tile(void *data, int64_t tile) {
  const shared *s = data;
  if (s->cx->host->interrupted(s->cx)) return; /* which whoever runs the layer finds, too */
  int64_t first = tile * s->each, last = first + s->each;
  for (int64_t i = first; i < last && i < s->items; i++) s->f(s->data, i);
}

int64_t rnn_items_a_tile(int64_t numbers) { return numbers < 1 ? TILE : numbers < TILE ? TILE / numbers : 1; }

void rnn_share_items(rnn_context *cx, int64_t items, int64_t numbers, rnn_tile_function f, void *data) {
  shared s = {cx, items, rnn_items_a_tile(numbers), f, data};
  cx->host->parallel_for(cx, (items + s.each - 1) / s.each, run_tile, &s);
}
