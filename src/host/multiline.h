/* multiline.h - cells of several lines: Up and Down move in them before they go through the history */
#ifndef RNN_MULTILINE_H
#define RNN_MULTILINE_H

#include "host/readline.h"

/* Takes over Up, Down and Enter, if the library is GNU readline. Up and Down move between the lines of the cell; beyond its
** first and last they go through entries of the history that begin as the line does up to the cursor. Home and End stay in the
** line, the second time in the cell. Enter between lines begins a new one; at the end, or after the history, it ends the
** cell, as Alt-Enter does anywhere. */
void rnn_connect_multiline(const rnn_readline *library);

/* To be called before each line. `above`: the lines of a chunk that it goes on with, as they are shown above it, or NULL. */
void rnn_begin_line(const char *above);

/* Where in the line, in bytes, the cursor was when Up was pressed in its first row, below others; -1: it ended otherwise. */
int rnn_left_upwards(void);

/* Writes over what the rows of `shown` hold, the last of which the cursor is in. */
void rnn_erase_rows(const char *shown);

/* The cursor goes one row up, as Up does. */
void rnn_move_up(void);

#endif
