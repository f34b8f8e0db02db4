/* mask.c - masks that travel with tensors */
#include "bind/mask.h"

#include <lauxlib.h>
#include <string.h>

#include "bind/options.h"
#include "bind/raise.h"
#include "bind/tensor.h"

static const char masks_key; /* registry[&masks_key]: tensor, weakly -> its mask */
static bool any;             /* whether a tensor ever had one: else there is no need to look */

const rnn_tensor *rnn_lua_push_mask(lua_State *L, int index) {
  index = lua_absindex(L, index);
  if (!any) {
    lua_pushnil(L);
    return NULL;
  }
  lua_rawgetp(L, LUA_REGISTRYINDEX, &masks_key);
  lua_pushvalue(L, index);
  lua_rawget(L, -2);
  lua_remove(L, -2);
  return rnn_lua_test_tensor(L, -1);
}

void rnn_lua_set_mask(lua_State *L, int index) {
  index = lua_absindex(L, index);
  lua_rawgetp(L, LUA_REGISTRYINDEX, &masks_key);
  lua_pushvalue(L, index);
  lua_pushvalue(L, -3);
  lua_rawset(L, -3);
  lua_pop(L, 1);
  any = true;
}

const rnn_tensor *rnn_lua_to_mask(lua_State *L, const char *title, const rnn_shape *input) {
  if (lua_isnil(L, -1)) return NULL;
  if (!lua_istable(L, -1) && rnn_lua_test_tensor(L, -1) == NULL)
    rnn_lua_error(L, "%s: argument 'mask' must be a bool tensor, got %s", title,
                  rnn_lua_describe(L, lua_gettop(L)));
  rnn_lua_to_tensor(L, -1, RNN_BOOL);
  lua_replace(L, -2);
  const rnn_tensor *mask = rnn_lua_test_tensor(L, -1);
  char expected[RNN_SHAPE_TEXT], got[RNN_SHAPE_TEXT];
  if (input->ndim < 2 || mask->ndim != 2 || mask->shape[0] != input->dim[0] || mask->shape[1] != input->dim[1])
    rnn_lua_error(L, "%s: argument 'mask' must have shape %s, batch and timesteps of the input, got %s", title,
                  rnn_shape_text(expected, input->ndim < 2 ? input->ndim : 2, input->dim),
                  rnn_shape_text(got, mask->ndim, mask->shape));
  if (rnn_tensor_contiguous(mask)) return mask;
  mask = rnn_lua_push_copy(L, mask, RNN_BOOL);
  lua_replace(L, -2);
  return mask;
}

/* core.mask(t): the mask that a layer has left with its result, or nil */
static int mask_of(lua_State *L) {
  rnn_lua_check_tensor(L, "mask", 1);
  rnn_lua_push_mask(L, 1);
  return 1;
}

/* core.set_mask(title, t, mask): errors begin with the title */
static int set_mask(lua_State *L) {
  const char *title = luaL_checkstring(L, 1);
  const rnn_tensor *t = rnn_lua_check_tensor(L, title, 2);
  rnn_shape shape = rnn_tensor_shape(t);
  lua_settop(L, 3);
  rnn_lua_to_mask(L, title, &shape);
  rnn_lua_set_mask(L, 2);
  return 0;
}

static const luaL_Reg functions[] = {{"mask", mask_of}, {"set_mask", set_mask}, {NULL, NULL}};

void rnn_open_mask(lua_State *L) {
  lua_newtable(L);
  lua_createtable(L, 0, 1);
  lua_pushliteral(L, "k");
  lua_setfield(L, -2, "__mode");
  lua_setmetatable(L, -2);
  lua_rawsetp(L, LUA_REGISTRYINDEX, &masks_key);
  luaL_setfuncs(L, functions, 0);
}
