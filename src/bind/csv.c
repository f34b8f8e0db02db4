/* csv.c - columns out of text, and text out of columns; lua/rnnlua/files/csv.lua stands on both */
#include "bind/csv.h"

#include <lauxlib.h>
#include <math.h>
#include <string.h>

#include "bind/raise.h"
#include "bind/tensor.h"
#include "core/csv.h"
#include "core/host.h"
#include "core/number_text.h"

enum { RESULT = 7, TELL = 8 /* stack slots: the columns, and who is told of bytes read */ };

typedef enum kind { NUMBER, TEXT, AUTO, SKIP } kind;

typedef struct column {
  kind kind;
  bool integral;  /* every number so far is an integer */
  double *values; /* of a NUMBER or AUTO */
} column;

typedef struct table {
  const char *text, *end; /* what is read, after it was found where the last complete row ends */
  char separator;
  int64_t first_line, rows;
  int count;
  column *columns;
} table;

/* ---- arguments ---------------------------------------------------------------------------------------------- */

/* the columns, in a userdata that is pushed, from the list of kinds at index */
static void take_columns(lua_State *L, table *t, int index) {
  static const char *const names[] = {"number", "text", "auto", "skip", NULL};
  t->count = (int)luaL_len(L, index);
  t->columns = lua_newuserdatauv(L, sizeof *t->columns * (size_t)(t->count + 1), 0);
  for (int i = 0; i < t->count; i++) {
    lua_geti(L, index, i + 1);
    t->columns[i] = (column){.kind = (kind)luaL_checkoption(L, -1, NULL, names), .integral = true};
    lua_pop(L, 1);
  }
}

/* Finds how many rows there are, at most `most`, and where they end; *lines is how many lines they take. Returns the
** number of the line whose quoted value does not end, 0 if all is well. */
static int64_t find_rows(lua_State *L, table *t, int64_t most, bool last, int64_t *lines) {
  const char *at = t->text;
  while (at < t->end && t->rows < most) {
    rnn_csv_line line = rnn_csv_line_at(at, t->end, t->separator);
    if (!line.complete && !last) break;
    if (line.open) return t->first_line + *lines;
    if (!rnn_csv_is_blank(at, line.end)) t->rows++;
    *lines += line.lines;
    at = line.end;
    if (*lines % 4096 == 0) rnn_lua_poll(L);
  }
  t->end = at;
  return 0;
}

static void make_column(lua_State *L, table *t, int i) {
  column *c = &t->columns[i];
  if (c->kind == SKIP) lua_pushboolean(L, false);
  else if (c->kind == TEXT) lua_createtable(L, t->rows < INT32_MAX ? (int)t->rows : 0, 0);
  else c->values = rnn_lua_new_tensor(L, RNN_FLOAT64, 1, &t->rows)->data;
  lua_rawseti(L, RESULT, i + 1);
}

/* ---- reading ------------------------------------------------------------------------------------------ */

static void push_text(lua_State *L, const rnn_cell *cell) {
  if (!cell->doubled) {
    lua_pushlstring(L, cell->text, cell->length);
    return;
  }
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  for (size_t i = 0; i < cell->length; i++) {
    luaL_addchar(&out, cell->text[i]);
    if (cell->text[i] == '"') i++;
  }
  luaL_pushresult(&out);
}

typedef enum outcome { FINE, RESTART, WRONG } outcome;

/* WRONG pushes nil and a message. RESTART: a column turned out to be text. */
static outcome take_cell(lua_State *L, table *t, int i, int64_t row, int64_t line, const rnn_cell *cell) {
  column *c = &t->columns[i];
  if (c->kind == SKIP) return FINE;
  if (c->kind == TEXT) {
    lua_rawgeti(L, RESULT, i + 1);
    push_text(L, cell);
    lua_rawseti(L, -2, row + 1);
    lua_pop(L, 1);
    return FINE;
  }
  bool integer = false;
  if (rnn_csv_missing(cell)) {
    c->values[row] = NAN;
  } else if (!rnn_csv_number(cell, &c->values[row], &integer)) {
    if (c->kind == AUTO) {
      c->kind = TEXT;
      return RESTART;
    }
    lua_pushnil(L);
    lua_pushfstring(L, "line %I, column %d: a number expected, got '", (lua_Integer)line, i + 1);
    lua_pushlstring(L, cell->text, cell->length < 40 ? cell->length : 40);
    lua_pushliteral(L, "'");
    lua_concat(L, 3);
    return WRONG;
  }
  c->integral = c->integral && integer && fabs(c->values[row]) <= 9007199254740991.0 /* all exact */;
  return FINE;
}

static outcome wrong_width(lua_State *L, int64_t line, int64_t got, int expected) {
  lua_pushnil(L);
  lua_pushfstring(L, "line %I has %I value%s, expected %d", (lua_Integer)line, (lua_Integer)got, got == 1 ? "" : "s",
                  expected);
  return WRONG;
}

static outcome take_row(lua_State *L, table *t, const char *at, const char *end, int64_t row, int64_t line) {
  int64_t i = 0;
  while (at) {
    rnn_cell cell;
    at = rnn_csv_cell(at, end, t->separator, &cell);
    if (i < t->count) {
      outcome result = take_cell(L, t, (int)i, row, line, &cell);
      if (result != FINE) return result;
    }
    i++;
  }
  return i == t->count ? FINE : wrong_width(L, line, i, t->count);
}

/* a look for Ctrl-C, too */
static void tell(lua_State *L, int64_t done) {
  rnn_lua_poll(L);
  if (lua_isnil(L, TELL)) return;
  lua_pushvalue(L, TELL);
  lua_pushinteger(L, done);
  lua_call(L, 1, 0);
}

static outcome take_rows(lua_State *L, table *t) {
  const char *at = t->text;
  int64_t number = t->first_line;
  for (int64_t row = 0; at < t->end;) {
    rnn_csv_line line = rnn_csv_line_at(at, t->end, t->separator);
    if (!rnn_csv_is_blank(at, line.end)) {
      outcome result = take_row(L, t, at, line.end, row++, number);
      if (result != FINE) return result;
      if (row % 4096 == 0) tell(L, at - t->text);
    }
    at = line.end;
    number += line.lines;
  }
  return FINE;
}

/* core.csv_rows(text, first, separator, kinds, most, last, line [, tell]): at most `most` rows of the text from byte `first`
** (from 1) on, whose first line is number `line`; unless `last`, a line without an end is left for later.
** kinds: for each column "number", "text", "auto" (number, or text where one isn't) or "skip". tell(bytes) is called
** now and then.
** -> columns (float64 tensor, list of strings or false), list of whether all are integers, rows, where the next
** row begins, its line; nil, message */
static int csv_rows(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length);
  size_t first = (size_t)luaL_checkinteger(L, 2) - 1;
  luaL_argcheck(L, first <= length, 2, "out of range");
  table t = {.text = text + first, .end = text + length, .separator = *luaL_checkstring(L, 3)};
  int64_t most = luaL_checkinteger(L, 5), lines = 0;
  bool last = lua_toboolean(L, 6);
  t.first_line = luaL_checkinteger(L, 7);
  lua_settop(L, TELL);
  take_columns(L, &t, 4);
  lua_createtable(L, t.count, 0);
  lua_replace(L, RESULT); /* the userdata stays above it */
  int64_t open_line = find_rows(L, &t, most, last, &lines);
  if (open_line > 0) {
    lua_pushnil(L);
    lua_pushfstring(L, "line %I: a quoted value does not end", (lua_Integer)open_line);
    return 2;
  }
  outcome result;
  do {
    for (int i = 0; i < t.count; i++) make_column(L, &t, i);
    result = take_rows(L, &t);
  } while (result == RESTART);
  if (result == WRONG) return 2;
  lua_pushvalue(L, RESULT);
  lua_createtable(L, t.count, 0);
  for (int i = 0; i < t.count; i++) {
    lua_pushboolean(L, t.columns[i].integral);
    lua_rawseti(L, -2, i + 1);
  }
  lua_pushinteger(L, t.rows);
  lua_pushinteger(L, t.end - text + 1);
  lua_pushinteger(L, t.first_line + lines);
  return 5;
}

/* core.csv_width(text, first, separator, last): how many values the next line that isn't blank has, 0 if there is
** none; nothing where its end isn't in the text and `last` is false */
static int csv_width(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 1, &length), *end = text + length;
  const char *at = text + luaL_checkinteger(L, 2) - 1;
  char separator = *luaL_checkstring(L, 3);
  bool last = lua_toboolean(L, 4);
  lua_Integer width = 0;
  while (at < end && width == 0) {
    rnn_cell cell;
    rnn_csv_line line = rnn_csv_line_at(at, end, separator);
    if (!line.complete && !last) return 0;
    if (!rnn_csv_is_blank(at, line.end))
      for (; at; width++) at = rnn_csv_cell(at, line.end, separator, &cell);
    at = line.end;
  }
  if (width == 0 && !last) return 0;
  lua_pushinteger(L, width);
  return 1;
}

/* ---- writing ------------------------------------------------------------------------------------------ */

/* quoted where it has to be: it has a separator, a quote or a newline in it, or would be taken for nothing */
static void add_text(luaL_Buffer *out, const char *text, size_t length, char separator) {
  bool quoted = length == 0;
  for (size_t i = 0; i < length; i++)
    quoted = quoted || text[i] == separator || strchr("\"\n\r", text[i]) != NULL;
  if (quoted) luaL_addchar(out, '"');
  for (size_t i = 0; i < length; i++) {
    if (text[i] == '"') luaL_addchar(out, '"');
    luaL_addchar(out, text[i]);
  }
  if (quoted) luaL_addchar(out, '"');
}

/* the value in a row of column i, a tensor or a list of strings; nan is written as nothing. What is pushed is popped
** before the buffer, which may keep something on the stack, is touched. */
static void add_value(lua_State *L, luaL_Buffer *out, lua_Integer i, lua_Integer row, char separator) {
  lua_rawgeti(L, 1, i);
  const rnn_tensor *t = rnn_lua_test_tensor(L, -1);
  rnn_number_text number;
  if (t) {
    rnn_tensor value = *t;
    rnn_tensor_select(&value, 0, row - 1);
    rnn_scalar_text(&number, &value, 0);
    lua_pop(L, 1);
    if (strcmp(number.text, "nan") != 0) luaL_addlstring(out, number.text, strlen(number.text));
    return;
  }
  size_t length;
  lua_rawgeti(L, -1, row);
  const char *text = lua_tolstring(L, -1, &length); /* held by its list */
  lua_pop(L, 2);
  if (text) add_text(out, text, length, separator);
}

/* core.csv_text(columns, first, last, separator): rows first to last as lines; columns are 1-d tensors or lists of
** strings, as long as each other */
static int csv_text(lua_State *L) {
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_Integer first = luaL_checkinteger(L, 2), last = luaL_checkinteger(L, 3), count = luaL_len(L, 1);
  char separator = *luaL_checkstring(L, 4);
  luaL_Buffer out;
  luaL_buffinit(L, &out);
  for (lua_Integer row = first; row <= last; row++) {
    for (lua_Integer i = 1; i <= count; i++) {
      if (i > 1) luaL_addchar(&out, separator);
      add_value(L, &out, i, row, separator);
    }
    luaL_addchar(&out, '\n');
  }
  luaL_pushresult(&out);
  return 1;
}

static const luaL_Reg functions[] = {
    {"csv_rows", csv_rows}, {"csv_width", csv_width}, {"csv_text", csv_text}, {NULL, NULL}};

void rnn_open_csv(lua_State *L) { luaL_setfuncs(L, functions, 0); }
