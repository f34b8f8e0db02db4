/* component_list.c - lists of components, as arguments hold them */
#include "core/component_list.h"

#include "core/alloc.h"

bool rnn_copy_list(const rnn_components *list, rnn_components *copy) {
  const rnn_component **items = rnn_malloc(sizeof *items * (size_t)(list->count + 1));
  if (items == NULL) return false;
  for (int64_t i = 0; i < list->count; i++) rnn_component_retain(items[i] = list->items[i]);
  *copy = (rnn_components){list->count, items, list->one};
  return true;
}

void rnn_release_list(rnn_components *list) {
  for (int64_t i = 0; i < list->count; i++) rnn_component_release(list->items[i]);
  rnn_free((void *)list->items);
  *list = (rnn_components){0};
}
