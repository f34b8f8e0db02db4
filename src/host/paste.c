/* paste.c - pasted blocks that are taller than the screen */
#include "host/paste.h"

#include <stdio.h>
#include <string.h>

#include "core/alloc.h"

#define START "\033[200~" /* what a terminal sends around what is pasted */
#define END "\033[201~"

static const rnn_readline *library;
static char *block;

const char *rnn_pasted_block(void) { return block; }

void rnn_forget_block(void) {
  rnn_free(block);
  block = NULL;
}

/* Reads to the end of the paste. NULL: not enough memory, or the terminal is gone. */
static char *read_paste(void) {
  size_t length = 0, room = 256, mark = sizeof END - 1;
  char *text = rnn_malloc(room);
  while (text) {
    int key = library->read_key();
    if (key <= 0) break;
    text[length++] = key == '\r' ? '\n' : (char)key;
    text[length] = '\0';
    if (length >= mark && memcmp(text + length - mark, END, mark) == 0) {
      text[length - mark] = '\0';
      return text;
    }
    if (length + 1 < room) continue;
    char *larger = rnn_realloc(text, room *= 2);
    if (larger == NULL) break;
    text = larger;
  }
  rnn_free(text);
  return NULL;
}

/* The rows of the screen that the text takes, if every byte is a column. */
static size_t rows_of(const char *text, size_t columns) {
  size_t rows = 0;
  for (const char *line = text; line; line = strchr(line, '\n')) {
    if (*line == '\n') line++;
    rows += 1 + strcspn(line, "\n") / columns;
  }
  return rows;
}

static void write_out(const char *text) {
  for (; *text; text++) {
    unsigned char c = (unsigned char)*text;
    if ((c < ' ' && c != '\n' && c != '\t') || c == 127) printf("^%c", c ^ 64);
    else putchar(c);
  }
  putchar('\n');
  fflush(stdout);
}

static int take_paste(int count, int key) {
  int rows, columns;
  char *text = read_paste();
  (void)count, (void)key;
  if (text == NULL) return 1;
  library->screen_size(&rows, &columns);
  if (columns > 0 && rows > 0 && *library->point == *library->end &&
      rows_of(text, (size_t)columns) + 1 > (size_t)rows) {
    write_out(text);
    block = text;
    *library->done = 1;
    return 0;
  }
  library->insert_text(text);
  rnn_free(text);
  return 0;
}

void rnn_connect_paste(const rnn_readline *loaded) {
  library = loaded;
  if (library->bind_keys && library->read_key) library->bind_keys(START, take_paste);
}
