/* descriptor.c - a plugin whose descriptor is wrong in the way that the environment variable BROKEN names */
#include <stdlib.h>
#include <string.h>

#include "rnnlua.h"

static rnn_status init(rnn_context *cx, rnn_registration *registration) {
  (void)registration;
  return rnn_fail(cx, RNN_INVALID, "init was called");
}

__attribute__((visibility("default"))) rnn_plugin rnn_plugin_descriptor = {
    sizeof(rnn_plugin), RNN_ABI_MAJOR, RNN_ABI_MINOR, sizeof(void *), "descriptor", "1.0", NULL, NULL, init};

/* what a compiler would have made at once */
__attribute__((constructor)) static void spoil(void) {
  rnn_plugin *p = &rnn_plugin_descriptor;
  const char *how = getenv("BROKEN") ? getenv("BROKEN") : "";
  if (strcmp(how, "major") == 0) {
    p->abi_major = RNN_ABI_MAJOR + 1;
    p->name = (const char *)1; /* another major version has something else there */
  }
  if (strcmp(how, "word") == 0) p->pointer_size = 4, p->name = (const char *)1;
  if (strcmp(how, "head") == 0) p->size = 8;
  if (strcmp(how, "short") == 0) p->size = offsetof(rnn_plugin, init), p->init = (void *)1;
  if (strcmp(how, "nameless") == 0) p->name = NULL;
  if (strcmp(how, "empty") == 0) p->name = "";
  if (strcmp(how, "odd") == 0) p->name = "two words";
  if (strcmp(how, "field") == 0) p->name = "load";
  if (strcmp(how, "no_init") == 0) p->init = NULL;
}
