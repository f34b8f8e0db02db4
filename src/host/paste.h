/* paste.h - pasted blocks that are taller than the screen */
#ifndef RNN_PASTE_H
#define RNN_PASTE_H

#include "host/readline.h"

/* Takes over bracketed paste. A block that fits on the screen goes into the line, to be edited; of a taller
** one readline could not show more than a heap of lines written over each other, so it is written out as it
** is and ends the line. */
void rnn_connect_paste(const rnn_readline *library);

/* What such a block held; NULL if the last line ended with Enter. Valid until the next line is begun. */
const char *rnn_pasted_block(void);
void rnn_forget_block(void);

#endif
