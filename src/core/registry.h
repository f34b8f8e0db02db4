/* registry.h - kind and name -> vtable. Every component, built in or not, is found here. */
#ifndef RNN_REGISTRY_H
#define RNN_REGISTRY_H

#include "rnnlua.h"

/* Runs the descriptor's checks and its init, and commits all it registered, or nothing. A plugin already
** there by that name is an error, as is a type whose name or alias is taken. */
rnn_status rnn_commit_plugin(rnn_context *cx, const rnn_plugin *plugin, const char *origin);

/* The same in steps, for types that are made one by one: what is staged with rnn_stage_type (core/host.h) comes in
** with commit, or not at all; either ends the registration. The plugin's descriptor is looked at by commit; where
** that very plugin is there already, it grows. NULL: fail was called. */
rnn_registration *rnn_registration_begin(rnn_context *cx, const rnn_plugin *plugin);
rnn_status rnn_registration_commit(rnn_context *cx, rnn_registration *registration, const char *origin);
void rnn_registration_abort(rnn_registration *registration);

/* Commits every built-in plugin; does nothing the second time. */
rnn_status rnn_commit_builtins(rnn_context *cx);

/* By name or alias; NULL if there is none (no message). */
const rnn_type *rnn_find_type(rnn_kind kind, const char *name);

/* As rnn_find_type, but fails with "unknown loss 'mze' (did you mean 'mse'?)". */
const rnn_type *rnn_need_type(rnn_context *cx, rnn_kind kind, const char *name);

/* The index-th type of a kind in the order of registration; NULL past the last one. */
const rnn_type *rnn_type_at(rnn_kind kind, int index);

/* Walks words set apart by spaces, as a type's aliases are: copies the one at *words to `word` and moves on;
** false at the end. for (const char *at = type->aliases; rnn_next_word(&at, alias);) … */
#define RNN_WORD_SIZE 64
bool rnn_next_word(const char **words, char word[RNN_WORD_SIZE]);

/* "layer", "activation", …; and back, -1 for an unknown word */
const char *rnn_kind_name(rnn_kind kind);
int rnn_kind_of_name(const char *name);

/* Plugins in the order they came; origin is "built in" or a file. NULL past the last one. */
const rnn_plugin *rnn_plugin_at(int index, const char **origin);
bool rnn_plugin_is_loaded(const char *name);

/* How long loading it took; 0 for those built in. Whoever loads a plugin notes it for the last one committed. */
double rnn_plugin_seconds(int index);
void rnn_note_seconds(double seconds);

/* The plugin that a registered type came with. */
const rnn_plugin *rnn_type_owner(const rnn_type *type);

/* A plugin's function by name or alias; NULL if there is none. */
const rnn_type *rnn_find_function(const char *plugin, const char *name);

#endif
