/* host.h - the table of functions that every plugin gets, and those of them that live in core/ */
#ifndef RNN_HOST_H
#define RNN_HOST_H

#include "rnnlua.h"

/* complete from the first call on */
const rnn_host *rnn_host_table(void);

enum { RNN_BASELINE, RNN_V3, RNN_V4 }; /* x86-64-v3, x86-64-v4 */

/* the best level this machine has, or what RNNLUA_CPU says (baseline, v3, v4) if the machine has that; found once */
int rnn_cpu_level(void);
const char *rnn_cpu_level_name(void);

/* entries of the table, documented in rnnlua.h */
rnn_status rnn_context_fail(rnn_context *cx, rnn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool rnn_context_interrupted(rnn_context *cx);
rnn_status rnn_stage_type(rnn_context *cx, rnn_registration *registration, const rnn_type *type);

#endif
