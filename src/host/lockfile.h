/* lockfile.h - what a file shared by several sessions needs */
#ifndef RNN_LOCKFILE_H
#define RNN_LOCKFILE_H

#include <lua.h>

/* Adds to the table on top of the stack:
**   lock(file)            waits until this process alone may write; the lock goes when the file is closed
**   truncate(file, size)  cuts it there
**   make_private(file)    only the owner may read it
**   make_folder(path)     with all above it, readable by the owner alone; true, or nil and why not
*/
void rnn_add_lockfile(lua_State *L);

#endif
