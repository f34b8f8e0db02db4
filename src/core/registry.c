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
#include "core/context.h"
#include "core/descriptor.h"
#include "core/host.h"
#include "core/standard.h"
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

/* a plugin that came in */
typedef struct member {
  const rnn_plugin *plugin;
  char *origin;
  double seconds; /* that loading it took */
} member;

static list types[RNN_KIND_COUNT];
static list owners[RNN_KIND_COUNT]; /* the member that each of the types belongs to */
static list members;

struct rnn_registration {
  const rnn_plugin *plugin;
  list staged; /* complete vtables */
  list given;  /* the same as the plugin has them */
};

/* ---- looking up -------------------------------------------------------------------------------- */

bool rnn_next_word(const char **words, char word[RNN_WORD_SIZE]) {
  const char *at = *words;
  if (at == NULL || *at == '\0') return false;
  size_t length = strcspn(at, " "), kept = length < RNN_WORD_SIZE ? length : RNN_WORD_SIZE - 1;
  memcpy(word, at, kept);
  word[kept] = '\0';
  *words = at + length + strspn(at + length, " ");
  return true;
}

/* Start-up asks this of every pair of names, so that words are compared where they stand. */
static bool is_called(const rnn_type *type, const char *name) {
  size_t wanted = strlen(name), length;
  if (strcmp(type->name, name) == 0) return true;
  for (const char *at = type->aliases; at && *at; at += length + strspn(at + length, " ")) {
    length = strcspn(at, " ");
    if (length == wanted && memcmp(at, name, wanted) == 0) return true;
  }
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
  const char *absent = rnn_missing_standard(kind);
  if (absent)
    rnn_fail(cx, RNN_INVALID, "unknown %s '%s'; the standard plugin %s, which may have it, is not loaded "
             "(see rnnlua plugins)", kind_names[kind], name, absent);
  else if (best[0])
    rnn_fail(cx, RNN_INVALID, "unknown %s '%s' (did you mean '%s'?)", kind_names[kind], name, best);
  else
    rnn_fail(cx, RNN_INVALID, "unknown %s '%s'", kind_names[kind], name);
  return NULL;
}

const rnn_type *rnn_type_at(rnn_kind kind, int index) {
  return index < types[kind].count ? types[kind].items[index] : NULL;
}

const rnn_plugin *rnn_plugin_at(int index, const char **origin) {
  if (index >= members.count) return NULL;
  const member *m = members.items[index];
  *origin = m->origin;
  return m->plugin;
}

double rnn_plugin_seconds(int index) { return ((const member *)members.items[index])->seconds; }

void rnn_note_seconds(double seconds) {
  if (members.count > 0) ((member *)members.items[members.count - 1])->seconds = seconds;
}

/* NULL: no plugin of that name came in */
static const member *find_member(const char *name) {
  for (int i = 0; i < members.count; i++) {
    const member *m = members.items[i];
    if (strcmp(m->plugin->name, name) == 0) return m;
  }
  return NULL;
}

bool rnn_plugin_is_loaded(const char *name) { return find_member(name) != NULL; }

static const member *owner_of(const rnn_type *type) {
  const list *l = &types[type->kind];
  for (int i = 0; i < l->count; i++)
    if (l->items[i] == type) return owners[type->kind].items[i];
  return NULL;
}

const rnn_plugin *rnn_type_owner(const rnn_type *type) {
  const member *owner = owner_of(type);
  return owner ? owner->plugin : NULL;
}

const rnn_type *rnn_find_function(const char *plugin, const char *name) {
  const list *l = &types[RNN_FUNCTION];
  for (int i = 0; i < l->count; i++) {
    const member *owner = owners[RNN_FUNCTION].items[i];
    if (strcmp(owner->plugin->name, plugin) == 0 && is_called(l->items[i], name)) return l->items[i];
  }
  return NULL;
}

/* ---- coming in ----------------------------------------------------------------------------------- */

/* Whether a plugin may use this name, or an alias, for a type of that kind. Functions are found under their plugin's
** name: other plugins may have some of the same name. */
static rnn_status check_free(rnn_context *cx, const rnn_registration *r, rnn_kind kind,
                             const char *name) {
  const rnn_type *there = kind == RNN_FUNCTION ? NULL : rnn_find_type(kind, name);
  if (there) {
    const member *owner = owner_of(there);
    return rnn_fail(cx, RNN_INVALID, "plugin %s: there already is %s '%s', of plugin %s (%s)",
                    r->plugin->name, kind_names[kind], name, owner->plugin->name, owner->origin);
  }
  for (int i = 0; i < r->staged.count; i++) {
    const rnn_type *type = r->staged.items[i];
    if (type->kind == kind && is_called(type, name))
      return rnn_fail(cx, RNN_INVALID, "plugin %s: there already is %s '%s', of this plugin itself",
                      r->plugin->name, kind_names[kind], name);
  }
  return RNN_OK;
}

/* the same for all names of a type */
static rnn_status check_names(rnn_context *cx, const rnn_registration *r, const rnn_type *type) {
  rnn_try(check_free(cx, r, type->kind, type->name));
  char alias[RNN_WORD_SIZE];
  for (const char *at = type->aliases; rnn_next_word(&at, alias);)
    rnn_try(check_free(cx, r, type->kind, alias));
  return RNN_OK;
}

/* the host's register_type */
rnn_status rnn_stage_type(rnn_context *cx, rnn_registration *registration, const rnn_type *type) {
  rnn_try(rnn_check_vtable(cx, registration->plugin->name, type));
  rnn_try(check_names(cx, registration, type));
  rnn_try(reserve(cx, &registration->staged, 1));
  rnn_try(reserve(cx, &registration->given, 1));
  const rnn_type *whole = rnn_complete_vtable(cx, type);
  if (whole == NULL) return RNN_NO_MEMORY;
  registration->staged.items[registration->staged.count++] = whole;
  registration->given.items[registration->given.count++] = type;
  return RNN_OK;
}

/* whether the plugins named in `requires` are there */
static rnn_status check_requires(rnn_context *cx, const rnn_plugin *p) {
  char name[RNN_WORD_SIZE];
  for (const char *at = p->requires; rnn_next_word(&at, name);)
    if (!rnn_plugin_is_loaded(name))
      return rnn_fail(cx, RNN_INVALID, "plugin %s requires plugin %s, which is not loaded; load it first",
                      p->name, name);
  return RNN_OK;
}

/* the descriptor, and what it needs of the plugins that are there */
static rnn_status check_plugin(rnn_context *cx, const rnn_plugin *p) {
  rnn_try(rnn_check_descriptor(cx, p));
  const member *there = find_member(p->name);
  if (there)
    return rnn_fail(cx, RNN_INVALID, "plugin %s is already loaded from %s", p->name, there->origin);
  return check_requires(cx, p);
}

/* the member for a plugin: the one that is there, or a new one, not listed yet */
static member *member_for(rnn_context *cx, const rnn_plugin *plugin, const char *origin) {
  member *there = (member *)find_member(plugin->name);
  if (there) return there;
  member *m = rnn_malloc(sizeof *m);
  char *kept = rnn_malloc(strlen(origin) + 1);
  if (m == NULL || kept == NULL) {
    rnn_free(m);
    rnn_free(kept);
    rnn_fail(cx, RNN_NO_MEMORY, "registry: not enough memory");
    return NULL;
  }
  *m = (member){.plugin = plugin, .origin = strcpy(kept, origin)};
  return m;
}

static rnn_status commit_staged(rnn_context *cx, const rnn_registration *r, const char *origin) {
  int more[RNN_KIND_COUNT] = {0};
  for (int i = 0; i < r->staged.count; i++) more[((const rnn_type *)r->staged.items[i])->kind]++;
  for (int kind = 0; kind < RNN_KIND_COUNT; kind++) {
    rnn_try(reserve(cx, &types[kind], more[kind]));
    rnn_try(reserve(cx, &owners[kind], more[kind]));
  }
  rnn_try(reserve(cx, &members, 1));
  member *m = member_for(cx, r->plugin, origin);
  if (m == NULL) return RNN_NO_MEMORY;
  if (find_member(r->plugin->name) == NULL) members.items[members.count++] = m;
  for (int i = 0; i < r->staged.count; i++) { /* here nothing fails any more */
    const rnn_type *type = r->staged.items[i];
    types[type->kind].items[types[type->kind].count++] = type;
    owners[type->kind].items[owners[type->kind].count++] = m;
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
  rnn_registration *r = rnn_malloc(sizeof *r);
  if (r)
    *r = (rnn_registration){.plugin = plugin};
  else
    rnn_fail(cx, RNN_NO_MEMORY, "registry: not enough memory");
  return r;
}

/* whether names that were free when they were staged still are: other plugins may have come in since */
static rnn_status check_still_free(rnn_context *cx, const rnn_registration *r) {
  const rnn_registration registered = {.plugin = r->plugin};
  for (int i = 0; i < r->staged.count; i++) {
    const rnn_type *type = r->staged.items[i];
    rnn_try(check_names(cx, &registered, type));
  }
  return RNN_OK;
}

rnn_status rnn_registration_commit(rnn_context *cx, rnn_registration *r, const char *origin) {
  const member *there = find_member(r->plugin->name);
  bool grows = there && there->plugin == r->plugin;
  rnn_status status = grows ? RNN_OK : check_plugin(cx, r->plugin);
  if (status == RNN_OK) status = check_still_free(cx, r);
  if (status == RNN_OK) status = commit_staged(cx, r, origin);
  if (status != RNN_OK) drop_completed(r);
  end_registration(r);
  return status;
}

void rnn_registration_abort(rnn_registration *r) {
  drop_completed(r);
  end_registration(r);
}

rnn_status rnn_commit_plugin(rnn_context *cx, const rnn_plugin *plugin, const char *origin) {
  rnn_try(check_plugin(cx, plugin));
  rnn_registration *r = rnn_registration_begin(cx, plugin);
  if (r == NULL) return RNN_NO_MEMORY;
  rnn_status status = rnn_ask(cx, plugin->init(cx, r));
  if (status == RNN_OK) return rnn_registration_commit(cx, r, origin);
  rnn_registration_abort(r);
  return status;
}
