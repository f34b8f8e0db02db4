/*
** registry.c - the one list through which everything comes in, ours or a stranger's.
**
** A plugin's init stages its types in a registration; they are looked at and added to the list only
** when init has returned RNN_OK, all together.
*/
#include "core/registry.h"

#include <stdio.h>
#include <string.h>

#include "core/alloc.h"
#include "core/host.h"
#include "core/suggest.h"
#include "core/vtable.h"

static const char *const kind_names[RNN_KIND_COUNT] = {
    "activation", "initializer", "regularizer", "constraint", "loss",
    "metric",     "optimizer",   "schedule",    "layer",      "function"};

const char *rnn_kind_name(rnn_kind kind) { return kind_names[kind]; }

int rnn_kind_of_name(const char *name) {
  for (int kind = 0; kind < RNN_KIND_COUNT; kind++)
    if (strcmp(kind_names[kind], name) == 0) return kind;
  return -1;
}

/* ---- a growing list of pointers -------------------------------------------------------------- */

typedef struct list {
  int count, capacity;
  const void **items;
} list;

static rnn_status reserve(rnn_context *cx, list *l, int more) {
  if (l->count + more <= l->capacity) return RNN_OK;
  int capacity = l->count + more + l->capacity;
  const void **items = rnn_realloc(l->items, sizeof *items * (size_t)capacity);
  if (items == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "registry: not enough memory");
  l->items = items;
  l->capacity = capacity;
  return RNN_OK;
}

static list types[RNN_KIND_COUNT];
static list owners[RNN_KIND_COUNT]; /* the plugin that each type is from */
static list plugins, origins;

struct rnn_registration {
  const rnn_plugin *plugin;
  list staged; /* complete vtables */
  list given;  /* the same as the plugin has them */
};

/* ---- looking up -------------------------------------------------------------------------------- */

bool rnn_next_word(const char **words, char word[RNN_WORD_SIZE]) {
  const char *at = *words;
  if (at == NULL || *at == '\0') return false;
  int length = (int)strcspn(at, " ");
  snprintf(word, RNN_WORD_SIZE, "%.*s", length, at);
  *words = at + length + strspn(at + length, " ");
  return true;
}

static bool is_called(const rnn_type *type, const char *name) {
  char alias[RNN_WORD_SIZE];
  if (strcmp(type->name, name) == 0) return true;
  for (const char *at = type->aliases; rnn_next_word(&at, alias);)
    if (strcmp(alias, name) == 0) return true;
  return false;
}

const rnn_type *rnn_find_type(rnn_kind kind, const char *name) {
  const list *l = &types[kind];
  for (int i = 0; i < l->count; i++)
    if (is_called(l->items[i], name)) return l->items[i];
  return NULL;
}

/* the name or alias of that kind nearest to a wrong one; "" if none is near */
static void nearest_name(rnn_kind kind, const char *wrong, char best[RNN_WORD_SIZE]) {
  char alias[RNN_WORD_SIZE];
  rnn_suggestion s = {.wrong = wrong};
  best[0] = '\0';
  for (int i = 0; i < types[kind].count; i++) {
    const rnn_type *type = types[kind].items[i];
    rnn_suggest(&s, type->name);
    if (s.best == type->name) snprintf(best, RNN_WORD_SIZE, "%s", type->name);
    for (const char *at = type->aliases; rnn_next_word(&at, alias);) {
      rnn_suggest(&s, alias);
      if (s.best == alias) snprintf(best, RNN_WORD_SIZE, "%s", alias);
      if (s.best) s.best = best; /* alias is written over */
    }
  }
}

const rnn_type *rnn_need_type(rnn_context *cx, rnn_kind kind, const char *name) {
  char best[RNN_WORD_SIZE];
  const rnn_type *found = rnn_find_type(kind, name);
  if (found) return found;
  nearest_name(kind, name, best);
  if (best[0])
    rnn_fail(cx, RNN_INVALID, "unknown %s '%s' (did you mean '%s'?)", kind_names[kind], name, best);
  else
    rnn_fail(cx, RNN_INVALID, "unknown %s '%s'", kind_names[kind], name);
  return NULL;
}

const rnn_type *rnn_type_at(rnn_kind kind, int index) {
  return index < types[kind].count ? types[kind].items[index] : NULL;
}

const rnn_plugin *rnn_plugin_at(int index, const char **origin) {
  if (index >= plugins.count) return NULL;
  *origin = origins.items[index];
  return plugins.items[index];
}

/* ---- coming in ----------------------------------------------------------------------------------- */

/* the plugin that has a type of that kind and name; NULL: the name is free */
static const rnn_plugin *holder_of(const rnn_registration *r, rnn_kind kind, const char *name) {
  for (int i = 0; i < types[kind].count; i++)
    if (is_called(types[kind].items[i], name)) return owners[kind].items[i];
  for (int i = 0; i < r->staged.count; i++) {
    const rnn_type *type = r->staged.items[i];
    if (type->kind == kind && is_called(type, name)) return r->plugin;
  }
  return NULL;
}

/* whether a plugin may use this name, or an alias, for a type of that kind */
static rnn_status check_free(rnn_context *cx, const rnn_registration *r, rnn_kind kind,
                             const char *name) {
  const rnn_plugin *holder = holder_of(r, kind, name);
  if (holder == NULL) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "plugin %s: there already is %s '%s', of plugin %s", r->plugin->name,
                  kind_names[kind], name, holder->name);
}

/* the host's register_type */
rnn_status rnn_stage_type(rnn_context *cx, rnn_registration *registration, const rnn_type *type) {
  rnn_try(rnn_check_vtable(cx, registration->plugin->name, type));
  rnn_try(check_free(cx, registration, type->kind, type->name));
  char alias[RNN_WORD_SIZE];
  for (const char *at = type->aliases; rnn_next_word(&at, alias);)
    rnn_try(check_free(cx, registration, type->kind, alias));
  rnn_try(reserve(cx, &registration->staged, 1));
  rnn_try(reserve(cx, &registration->given, 1));
  const rnn_type *whole = rnn_complete_vtable(cx, type);
  if (whole == NULL) return RNN_NO_MEMORY;
  registration->staged.items[registration->staged.count++] = whole;
  registration->given.items[registration->given.count++] = type;
  return RNN_OK;
}

static bool is_loaded(const char *name) {
  for (int i = 0; i < plugins.count; i++)
    if (strcmp(((const rnn_plugin *)plugins.items[i])->name, name) == 0) return true;
  return false;
}

/* whether the plugins named in `requires` are there */
static rnn_status check_requires(rnn_context *cx, const rnn_plugin *p) {
  char name[RNN_WORD_SIZE];
  for (const char *at = p->requires; rnn_next_word(&at, name);)
    if (!is_loaded(name))
      return rnn_fail(cx, RNN_INVALID, "plugin %s requires plugin %s, which is not loaded; load it first",
                      p->name, name);
  return RNN_OK;
}

static rnn_status check_descriptor(rnn_context *cx, const rnn_plugin *p) {
  if (p->size < sizeof(rnn_plugin))
    return rnn_fail(cx, RNN_INVALID, "plugin descriptor has %zu bytes, rnnlua expects %zu", p->size,
                    sizeof(rnn_plugin));
  if (p->pointer_size != sizeof(void *))
    return rnn_fail(cx, RNN_INVALID, "plugin %s is for %u-bit machines, rnnlua is for %u-bit ones",
                    p->name, p->pointer_size * 8, (unsigned)sizeof(void *) * 8);
  if (p->abi_major != RNN_ABI_MAJOR || p->abi_minor > RNN_ABI_MINOR)
    return rnn_fail(cx, RNN_INVALID, "plugin %s needs ABI %u.%u, rnnlua has %u.%u", p->name,
                    p->abi_major, p->abi_minor, RNN_ABI_MAJOR, RNN_ABI_MINOR);
  for (int i = 0; i < plugins.count; i++)
    if (strcmp(((const rnn_plugin *)plugins.items[i])->name, p->name) == 0)
      return rnn_fail(cx, RNN_INVALID, "plugin %s is already loaded from %s", p->name,
                      (const char *)origins.items[i]);
  return check_requires(cx, p);
}

static bool is_listed(const rnn_plugin *plugin) {
  for (int i = 0; i < plugins.count; i++)
    if (plugins.items[i] == plugin) return true;
  return false;
}

static rnn_status make_room(rnn_context *cx, const rnn_registration *r) {
  int more[RNN_KIND_COUNT] = {0};
  for (int i = 0; i < r->staged.count; i++) more[((const rnn_type *)r->staged.items[i])->kind]++;
  for (int kind = 0; kind < RNN_KIND_COUNT; kind++) {
    rnn_try(reserve(cx, &types[kind], more[kind]));
    rnn_try(reserve(cx, &owners[kind], more[kind]));
  }
  rnn_try(reserve(cx, &plugins, 1));
  return reserve(cx, &origins, 1);
}

static rnn_status list_plugin(rnn_context *cx, const rnn_plugin *plugin, const char *origin) {
  if (is_listed(plugin)) return RNN_OK;
  char *kept = rnn_malloc(strlen(origin) + 1);
  if (kept == NULL) return rnn_fail(cx, RNN_NO_MEMORY, "registry: not enough memory");
  strcpy(kept, origin);
  plugins.items[plugins.count++] = plugin;
  origins.items[origins.count++] = kept;
  return RNN_OK;
}

static rnn_status commit_staged(rnn_context *cx, const rnn_registration *r, const char *origin) {
  rnn_try(make_room(cx, r));
  rnn_try(list_plugin(cx, r->plugin, origin));
  for (int i = 0; i < r->staged.count; i++) { /* from here on nothing fails */
    const rnn_type *type = r->staged.items[i];
    types[type->kind].items[types[type->kind].count++] = type;
    owners[type->kind].items[owners[type->kind].count++] = r->plugin;
  }
  return RNN_OK;
}

/* gives back the copies made by rnn_complete_vtable */
static void drop_completed(const rnn_registration *r) {
  for (int i = 0; i < r->staged.count; i++)
    if (r->staged.items[i] != r->given.items[i]) rnn_free((void *)r->staged.items[i]);
}

static void end_registration(rnn_registration *r) {
  rnn_free(r->staged.items);
  rnn_free(r->given.items);
  rnn_free(r);
}

rnn_registration *rnn_registration_begin(rnn_context *cx, const rnn_plugin *plugin) {
  if (!is_listed(plugin) && check_descriptor(cx, plugin) != RNN_OK) return NULL;
  rnn_registration *r = rnn_malloc(sizeof *r);
  if (r)
    *r = (rnn_registration){.plugin = plugin};
  else
    rnn_fail(cx, RNN_NO_MEMORY, "registry: not enough memory");
  return r;
}

rnn_status rnn_registration_commit(rnn_context *cx, rnn_registration *r, const char *origin) {
  rnn_status status = commit_staged(cx, r, origin);
  if (status != RNN_OK) drop_completed(r);
  end_registration(r);
  return status;
}

void rnn_registration_abort(rnn_registration *r) {
  drop_completed(r);
  end_registration(r);
}

rnn_status rnn_commit_plugin(rnn_context *cx, const rnn_plugin *plugin, const char *origin) {
  rnn_try(check_descriptor(cx, plugin));
  rnn_registration *r = rnn_registration_begin(cx, plugin);
  if (r == NULL) return RNN_NO_MEMORY;
  rnn_status status = plugin->init(cx, r);
  if (status == RNN_OK) return rnn_registration_commit(cx, r, origin);
  rnn_registration_abort(r);
  return status;
}
