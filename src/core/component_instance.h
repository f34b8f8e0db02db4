/* component_instance.h - what the host keeps of a component; for the component*.c alone */
#ifndef RNN_COMPONENT_INSTANCE_H
#define RNN_COMPONENT_INSTANCE_H

#include <stddef.h>

#include "core/component.h"

typedef struct instance {
  rnn_component component;
  int references;
  bool finished;   /* check succeeded: release is owed */
  bool calls_lua;  /* it, or an activation or layer among its arguments */
  uint64_t is_set; /* one bit an argument */
  rnn_component *common; /* what was given of the arguments that its kind has in common (common.h); NULL: nothing */
  max_align_t self[]; /* component.self points here */
} instance;

static inline instance *instance_of(const rnn_component *component) { return (instance *)component; }

/* notes that an argument was given */
static inline void rnn_mark_set(rnn_component *component, int arg) {
  instance_of(component)->is_set |= (uint64_t)1 << arg;
}

#endif
