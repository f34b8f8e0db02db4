/* readline.h - the parts of GNU readline (or of libedit in its place) that we use, found when asked for */
#ifndef RNN_READLINE_H
#define RNN_READLINE_H

#include <stdbool.h>

typedef char **(*rnn_completion_function)(const char *text, int start, int end);

typedef int rnn_key_function(int count, int key);

typedef struct rnn_readline {
  /* functions */
  int (*initialize)(void); /* reads ~/.inputrc, among others */
  void (*install)(const char *prompt, void (*handler)(char *line));
  void (*remove)(void);
  void (*read_char)(void);
  void (*restore_terminal)(void);
  void (*add_history)(const char *line);
  void *(*remove_history)(int index); /* takes an entry out, to be freed; both NULL in some */
  void *(*free_history)(void *entry);
  char **(*make_matches)(const char *text, char *(*generate)(const char *text, int index));
  int (*bind_keys)(const char *keys, rnn_key_function *function); /* NULL in libedit, as are the next three */
  rnn_key_function *search_backward, *search_forward, *accept; /* the latter is what Enter does */
  int (*read_key)(void);
  void (*screen_size)(int *rows, int *columns);
  int (*insert_text)(const char *text);
  int (*set_variable)(const char *name, const char *value);
  void (*forget_keys)(void);     /* after a signal: of an unfinished key sequence; NULL in libedit */
  void (*free_line_state)(void);
  void (*clean_up)(void);        /* gives the terminal back while a line is edited, */
  void (*resume)(void);          /* takes it again */
  int (*redisplay)(void);        /* and writes the line anew */
  void (*resize)(void);
  void (*update)(void);          /* writes what has changed */
  /* variables */
  const char **name, **version;
  char *(**find_breaks)(void);
  rnn_completion_function *complete;
  void (**restore_terminal_hook)(void);
  char **line;
  int *point, *end, *done, *completion_over, *append_character, *catch_signals, *catch_resize, *file_names;
  int *end_found; /* may be NULL */
  rnn_key_function **last_function; /* that a key has called; NULL in libedit */
} rnn_readline;

/* Opens the library the first time. NULL: this machine has none. RNNLUA_READLINE may name another one, or
** "none". */
const rnn_readline *rnn_load_readline(void);

#endif
