/* csv.h - core.csv_rows and core.csv_text: columns out of text, and text out of columns */
#ifndef RNN_BIND_CSV_H
#define RNN_BIND_CSV_H

#include <lua.h>

void rnn_open_csv(lua_State *L);

#endif
