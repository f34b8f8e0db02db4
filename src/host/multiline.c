/* multiline.c - cells of several lines: Up and Down move in them before they go through the history */
#include "host/multiline.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

static const rnn_readline *library;
static int rows_above; /* of a chunk whose next line is edited; 0: there are none */
static int left_at = -1; /* the cursor's place when Up left the line */
static bool in_history; /* the keys before this one, all Up or Down, have gone through the history */

/* ---- rows of a text ---------------------------------------------------------------------------------------- */

/* The columns that a row takes; what lies between \1 and \2 takes none. */
static int columns_of(const char *row, size_t length) {
  int columns = 0;
  mbstate_t state = {0};
  for (size_t i = 0, step; i < length; i += step) {
    wchar_t wide;
    step = 1;
    if (row[i] == '\1') {
      const char *last = memchr(row + i, '\2', length - i);
      step = last ? (size_t)(last - row) - i + 1 : 1;
      continue;
    }
    size_t bytes = mbrtowc(&wide, row + i, length - i, &state);
    bool whole = bytes != 0 && bytes <= length - i;
    int width = whole ? wcwidth(wide) : 1;
    if (!whole) memset(&state, 0, sizeof state);
    if (whole) step = bytes;
    columns += row[i] == '\t' ? 8 - columns % 8 : width < 0 ? 2 : width; /* ^X */
  }
  return columns;
}

static int rows_of(const char *text) {
  int height, width, rows = 0;
  library->screen_size(&height, &width);
  for (const char *row = text; row && width > 0; row = strchr(row, '\n')) {
    if (*row == '\n') row++;
    rows += 1 + columns_of(row, strcspn(row, "\n")) / width;
  }
  return rows;
}

void rnn_erase_rows(const char *shown) {
  int rows = rows_of(shown);
  if (rows > 1) printf("\r\033[%dA\033[J", rows - 1);
  else fputs("\r\033[J", stdout);
  fflush(stdout);
}

/* Whether the screen has room for all lines of the chunk: of higher ones readline cannot show a part. */
static bool fits(void) {
  int height, width;
  library->screen_size(&height, &width);
  return rows_above + rows_of(*library->line) < height;
}

/* ---- moving ------------------------------------------------------------------------------------------------- */

/* characters of UTF-8 from `first` to `last` */
static int characters(const char *line, int first, int last) {
  int count = 0;
  for (int i = first; i < last; i++) count += ((unsigned char)line[i] & 0xC0) != 0x80;
  return count;
}

static int line_start(const char *line, int at) {
  while (at > 0 && line[at - 1] != '\n') at--;
  return at;
}

static int line_end(const char *line, int at) {
  while (line[at] && line[at] != '\n') at++;
  return at;
}

/* puts the cursor into the line that begins at `start`, as many characters from there */
static void move_to(int start, int count) {
  const char *line = *library->line;
  int at = start, last = line_end(line, start);
  while (at < last && count-- > 0)
    do at++;
    while (at < last && ((unsigned char)line[at] & 0xC0) == 0x80);
  *library->point = at;
}

static bool move(bool up) {
  const char *line = *library->line;
  int start = line_start(line, *library->point), end = line_end(line, *library->point);
  if (up ? start == 0 : line[end] == '\0') return false;
  move_to(up ? line_start(line, start - 1) : end + 1, characters(line, start, *library->point));
  return true;
}

void rnn_move_up(void) {
  move(true);
  library->update();
}

/* ---- keys ------------------------------------------------------------------------------------------------------ */

static int up(int count, int key);
static int down(int count, int key);

static bool comes_after_history(void) {
  return in_history && (*library->last_function == up || *library->last_function == down);
}

static int search(int count, int key, bool backward) {
  rnn_key_function *function = backward ? library->search_backward : library->search_forward;
  if (comes_after_history()) *library->last_function = function; /* or it would take the line for a new search */
  in_history = true;
  function(count, key);
  return 0; /* what it returns where nothing is found readline would take for the end of input, and add a newline */
}

static int up(int count, int key) {
  if (!comes_after_history()) in_history = false;
  if (move(true)) return 0;
  if (rows_above == 0) return search(count, key, true);
  if (!fits()) return 0;
  left_at = *library->point; /* is 0 when the library is done */
  *library->done = 1;
  return 0;
}

static int down(int count, int key) {
  if (!comes_after_history()) in_history = false;
  return move(false) ? 0 : search(count, key, false);
}

/* to the start of the line, or to that of the cell if it is there already */
static int home(int count, int key) {
  (void)count, (void)key;
  int start = line_start(*library->line, *library->point);
  *library->point = *library->point == start ? 0 : start;
  return 0;
}

static int end(int count, int key) {
  (void)count, (void)key;
  int last = line_end(*library->line, *library->point);
  *library->point = *library->point == last ? *library->end : last;
  return 0;
}

/* a new line, indented as the one that the cursor is in */
static int break_line(void) {
  const char *line = *library->line;
  int start = line_start(line, *library->point);
  char indent[80] = "\n";
  size_t blanks = strspn(line + start, " \t");
  if (blanks > (size_t)(*library->point - start)) blanks = (size_t)(*library->point - start);
  if (blanks < sizeof indent - 1) strncat(indent, line + start, blanks);
  return library->insert_text(indent), 0;
}

static int enter(int count, int key) {
  bool on_last = line_end(*library->line, *library->point) == *library->end;
  return on_last || comes_after_history() ? library->accept(count, key) : break_line();
}

void rnn_begin_line(const char *above) {
  rows_above = above ? rows_of(above) : 0;
  left_at = -1;
  in_history = false;
}

int rnn_left_upwards(void) { return left_at; }

void rnn_connect_multiline(const rnn_readline *loaded) {
  library = loaded;
  if (!library->bind_keys || !library->search_backward || !library->search_forward || !library->accept ||
      !library->last_function)
    return;
  static const struct {
    const char *keys;
    rnn_key_function *function;
  } bound[] = {{"\033[A", up},   {"\033OA", up},   {"\020", up},   {"\033[B", down}, {"\033OB", down}, {"\016", down},
               {"\033[H", home}, {"\033OH", home}, {"\001", home}, {"\033[F", end},  {"\033OF", end},  {"\005", end},
               {"\033[1~", home}, {"\033[4~", end}, {"\r", enter}};
  for (size_t i = 0; i < sizeof bound / sizeof bound[0]; i++) library->bind_keys(bound[i].keys, bound[i].function);
  library->bind_keys("\033\r", library->accept);
}
