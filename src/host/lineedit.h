/* lineedit.h - what the REPL in Lua stands on: line editing, protected calls, the history file's lock */
#ifndef RNN_LINEEDIT_H
#define RNN_LINEEDIT_H

#include <lua.h>

/* Pushes a table of functions:
**   read(prompt)       a line; nil at the end of input; false if Ctrl-C cancelled it. The line holds
**                      newlines if a block was pasted or recalled. A second result, true, says that a block
**                      taller than the screen was pasted, and Enter not pressed since
**   complete_with(f)   TAB calls f(text before the cursor), which returns where in it the word starts, a
**                      list of what may stand there, what to append to a sole match, and whether these
**                      are file names
**   remember(line)     adds to what the arrow keys and Ctrl-R find
**   library()          "readline 8.2", or nil where lines are read without editing
*/
int rnn_open_lineedit(lua_State *L);

#endif
