/* trainer_state.c - what training has come to: steps, averages, memory, the optimizer's numbers */
#include <lauxlib.h>
#include <string.h>

#include "bind/raise.h"
#include "bind/tensor.h"
#include "bind/trainer.h"
#include "core/context.h"

/* trainer:iterations(): optimizer steps so far */
int rnn_trainer_iterations(lua_State *L) {
  lua_pushinteger(L, rnn_variables_steps(&rnn_lua_check_trainer(L)->variables));
  return 1;
}

/* trainer:average(how): with use_ema the weights become their moving average ("take"), it becomes them ("set"), or both
** change places ("swap") */
int rnn_trainer_average(lua_State *L) {
  static const char *const ways[] = {"take", "set", "swap", NULL};
  rnn_trainer *t = rnn_lua_check_trainer(L);
  if (t->variables.average_slot >= 0) rnn_lua_before_training(L, t);
  rnn_variables_average(&t->variables, (rnn_averaging)luaL_checkoption(L, 2, NULL, ways));
  return 0;
}

static void set_bytes(lua_State *L, const char *field, int64_t numbers) {
  lua_pushinteger(L, numbers * (int64_t)sizeof(float));
  lua_setfield(L, -2, field);
}

/* trainer:memory(): bytes that training has taken so far, {arena =, gradients =, slots =}, and batch, the samples of the
** batch that the arena was made large enough for */
int rnn_trainer_memory(lua_State *L) {
  const rnn_trainer *t = rnn_lua_check_trainer(L);
  const rnn_variables *v = &t->variables;
  int64_t slots = v->slot_count * v->total, backup = v->backup ? v->total + slots : 0;
  lua_createtable(L, 0, 4);
  set_bytes(L, "arena", t->training.arena_size);
  set_bytes(L, "gradients", v->gradients ? v->total : 0);
  set_bytes(L, "slots", v->gradients ? slots + backup : 0);
  lua_pushinteger(L, t->training.arena_batch);
  lua_setfield(L, -2, "batch");
  return 1;
}

/* trainer:state() -> batches so far, and the optimizer's numbers, a row a slot, in a tensor */
int rnn_trainer_state(lua_State *L) {
  rnn_trainer *t = rnn_lua_check_trainer(L);
  const rnn_variables *v = &t->variables;
  rnn_lua_check(L, rnn_variables_start(rnn_main_context(), &t->variables));
  lua_pushinteger(L, v->iterations);
  int64_t shape[] = {v->slot_count, v->total};
  memcpy(rnn_lua_new_tensor(L, RNN_FLOAT32, 2, shape)->data, v->slots,
         sizeof(float) * (size_t)(v->slot_count * v->total));
  return 2;
}

/* trainer:set_state(iterations, slots): as state() gave them for a model and an optimizer alike */
int rnn_trainer_set_state(lua_State *L) {
  rnn_trainer *t = rnn_lua_check_trainer(L);
  rnn_variables *v = &t->variables;
  const rnn_tensor *slots = rnn_lua_to_float32(L, 3);
  if (slots->ndim != 2 || slots->shape[0] != v->slot_count || slots->shape[1] != v->total)
    rnn_lua_error(L, "the state is that of another model or optimizer: it has %d slots of %I numbers, expected %d of %I",
                  slots->ndim == 2 ? (int)slots->shape[0] : 0, (lua_Integer)slots->shape[slots->ndim > 1],
                  v->slot_count, (lua_Integer)v->total);
  rnn_lua_check(L, rnn_variables_start(rnn_main_context(), v));
  memcpy(v->slots, slots->data, sizeof(float) * (size_t)(v->slot_count * v->total));
  v->iterations = luaL_checkinteger(L, 2);
  return 0;
}
