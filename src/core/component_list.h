/* component_list.h - lists of components, as arguments hold them */
#ifndef RNN_COMPONENT_LIST_H
#define RNN_COMPONENT_LIST_H

#include "core/component.h"

/* A list of its own, whose components it retains. false: no memory. */
bool rnn_copy_list(const rnn_components *list, rnn_components *copy);

/* Gives back what rnn_copy_list made; the list is empty then. */
void rnn_release_list(rnn_components *list);

/* What an argument holds as a list: the one component of a RNN_ARG_COMPONENT, those of a RNN_ARG_COMPONENTS; none where
** it holds nothing, or other things. Valid as long as the argument is what it is. */
static inline rnn_components rnn_held(const rnn_component *component, int arg) {
  const void *field = rnn_field(component, arg);
  if (component->type->args[arg].type == RNN_ARG_COMPONENTS) return *(const rnn_components *)field;
  if (component->type->args[arg].type != RNN_ARG_COMPONENT) return (rnn_components){0};
  const rnn_component *const *item = field;
  return (rnn_components){.count = *item != NULL, .items = item, .one = true};
}

#endif
