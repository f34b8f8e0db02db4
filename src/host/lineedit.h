/* lineedit.h - what the REPL in Lua stands on: line editing, protected calls, the history file's lock */
#ifndef RNN_LINEEDIT_H
#define RNN_LINEEDIT_H

#include <lua.h>

/* Pushes a table of functions:
**   read(prompt, below)  a line; nil at the end of input; false if Ctrl-C cancelled it. The line holds
**                      newlines if a block was pasted or recalled. A second result "unfinished" says that a
**                      block taller than the screen was pasted, and Enter not pressed since. `below` is what
**                      the screen shows of a chunk that it goes on with; "up" as the second result then says that Up was pressed in
**                      its first row, and the third where, in bytes. All lines are then read as one with
**                      read(prompt, {text =, point = bytes before the cursor, shown = what the screen shows
**                      of them, up to the cursor})
**   complete_with(f, g)  TAB calls f(text before the cursor), which returns where in it the word starts, a
**                      list of what may stand there, what to append to a sole match, and whether these
**                      are file names; g(list) shows several
**   remember(line)     adds to what the arrow keys and Ctrl-R find
**   forget(i)          takes out the i-th of these
**   library()          "readline 8.2", or nil where lines are read without editing
*/
int rnn_open_lineedit(lua_State *L);

#endif
