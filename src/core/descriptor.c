/* descriptor.c - whether a plugin was made for this host, as its descriptor tells */
#include "core/descriptor.h"

#include <ctype.h>
#include <string.h>

#include "core/registry.h"

bool rnn_is_identifier(const char *name) {
  size_t length = strlen(name);
  if (length == 0 || length >= RNN_WORD_SIZE || isdigit((unsigned char)name[0])) return false;
  for (size_t i = 0; i < length; i++)
    if (!isalnum((unsigned char)name[i]) && name[i] != '_') return false;
  return true;
}

/* Sizes and versions, which stand in front in every version: a descriptor of another major version, or for another
** word size, has something else behind them. */
static rnn_status check_head(rnn_context *cx, const rnn_plugin *p) {
  size_t head = offsetof(rnn_plugin, pointer_size) + sizeof p->pointer_size;
  if (p->size < head)
    return rnn_fail(cx, RNN_INVALID, "plugin descriptor is cut short: it says that it has %zu bytes, rnnlua expects %zu",
                    p->size, sizeof *p);
  if (p->abi_major != RNN_ABI_MAJOR)
    return rnn_fail(cx, RNN_INVALID, "plugin needs ABI %u.%u, rnnlua has %u.%u: another major version; build it against "
                    "this rnnlua.h", p->abi_major, p->abi_minor, RNN_ABI_MAJOR, RNN_ABI_MINOR);
  if (p->pointer_size != sizeof(void *))
    return rnn_fail(cx, RNN_INVALID, "plugin is for %u-bit machines, rnnlua is for %u-bit ones",
                    p->pointer_size * 8, (unsigned)sizeof(void *) * 8);
  if (p->size < offsetof(rnn_plugin, init) + sizeof p->init)
    return rnn_fail(cx, RNN_INVALID, "plugin descriptor is cut short: it says that it has %zu bytes, rnnlua expects %zu",
                    p->size, sizeof *p);
  return RNN_OK;
}

rnn_status rnn_check_descriptor(rnn_context *cx, const rnn_plugin *p) {
  rnn_try(check_head(cx, p));
  if (p->name == NULL) return rnn_fail(cx, RNN_INVALID, "plugin descriptor has no name (NULL)");
  if (!rnn_is_identifier(p->name))
    return rnn_fail(cx, RNN_INVALID, "plugin is called '%.70s'; a name is made of letters, digits and _, does not begin "
                    "with a digit, and has 1 to %d of them", p->name, RNN_WORD_SIZE - 1);
  if (p->abi_minor > RNN_ABI_MINOR)
    return rnn_fail(cx, RNN_INVALID, "plugin %s needs ABI %u.%u, rnnlua has %u.%u: a newer rnnlua is needed",
                    p->name, p->abi_major, p->abi_minor, RNN_ABI_MAJOR, RNN_ABI_MINOR);
  if (p->init == NULL) return rnn_fail(cx, RNN_INVALID, "plugin %s has no function init (NULL)", p->name);
  return RNN_OK;
}
