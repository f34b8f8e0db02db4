/* metric.h - a metric, or a loss used as one, that gathers what it sees: update_state, result, reset_state */
#ifndef RNN_BIND_METRIC_H
#define RNN_BIND_METRIC_H

#include <lauxlib.h>

extern const luaL_Reg rnn_lua_metric_methods[];

/* metric(y_true, y_pred [, sample_weight]) with the object at 1: updates its state and pushes the result */
int rnn_lua_metric_once(lua_State *L);

#endif
