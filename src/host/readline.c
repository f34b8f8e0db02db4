/*
** readline.c - finds GNU readline or libedit at run time
**
** The library is opened only by an interactive session: scripts start without it, and a machine that
** lacks it can still run everything else.
*/
#include "host/readline.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

typedef struct symbol {
  const char *name;
  size_t offset; /* in rnn_readline */
  bool required;
} symbol;

#define SYMBOL(field, name, required) {name, offsetof(rnn_readline, field), required}

static const symbol symbols[] = {
    SYMBOL(initialize, "rl_initialize", true),
    SYMBOL(install, "rl_callback_handler_install", true),
    SYMBOL(remove, "rl_callback_handler_remove", true),
    SYMBOL(read_char, "rl_callback_read_char", true),
    SYMBOL(restore_terminal, "rl_deprep_terminal", true),
    SYMBOL(add_history, "add_history", true),
    SYMBOL(remove_history, "remove_history", false),
    SYMBOL(free_history, "free_history_entry", false),
    SYMBOL(make_matches, "rl_completion_matches", true),
    SYMBOL(bind_keys, "rl_bind_keyseq", false),
    SYMBOL(search_backward, "rl_history_search_backward", false),
    SYMBOL(search_forward, "rl_history_search_forward", false),
    SYMBOL(accept, "rl_newline", false),
    SYMBOL(read_key, "rl_read_key", true),
    SYMBOL(screen_size, "rl_get_screen_size", true),
    SYMBOL(insert_text, "rl_insert_text", true),
    SYMBOL(set_variable, "rl_variable_bind", true),
    SYMBOL(forget_keys, "rl_callback_sigcleanup", false),
    SYMBOL(free_line_state, "rl_free_line_state", true),
    SYMBOL(clean_up, "rl_cleanup_after_signal", true),
    SYMBOL(resume, "rl_reset_after_signal", true),
    SYMBOL(redisplay, "rl_forced_update_display", true),
    SYMBOL(resize, "rl_resize_terminal", true),
    SYMBOL(update, "rl_redisplay", true),
    SYMBOL(name, "rl_readline_name", true),
    SYMBOL(version, "rl_library_version", true),
    SYMBOL(find_breaks, "rl_completion_word_break_hook", true),
    SYMBOL(complete, "rl_attempted_completion_function", true),
    SYMBOL(restore_terminal_hook, "rl_deprep_term_function", true),
    SYMBOL(line, "rl_line_buffer", true),
    SYMBOL(point, "rl_point", true),
    SYMBOL(end, "rl_end", true),
    SYMBOL(done, "rl_done", true),
    SYMBOL(completion_over, "rl_attempted_completion_over", true),
    SYMBOL(append_character, "rl_completion_append_character", true),
    SYMBOL(catch_signals, "rl_catch_signals", true),
    SYMBOL(catch_resize, "rl_catch_sigwinch", true),
    SYMBOL(end_found, "rl_eof_found", false),
    SYMBOL(last_function, "rl_last_func", false),
    SYMBOL(file_names, "rl_filename_completion_desired", true),
};

static bool open_library(rnn_readline *library, const char *file) {
  void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) return false;
  for (size_t i = 0; i < sizeof symbols / sizeof symbols[0]; i++) {
    void *address = dlsym(handle, symbols[i].name);
    if (address == NULL && symbols[i].required) return dlclose(handle), false;
    memcpy((char *)library + symbols[i].offset, &address, sizeof address);
  }
  return true;
}

const rnn_readline *rnn_load_readline(void) {
  static rnn_readline library;
  static bool tried, found;
  static const char *const files[] = {"libreadline.so.8", "libreadline.so.7", "libedit.so.2",
                                      "libreadline.8.dylib", "libedit.3.dylib", NULL};
  if (tried) return found ? &library : NULL;
  tried = true;
  const char *wanted = getenv("RNNLUA_READLINE");
  if (wanted && wanted[0]) {
    found = strcmp(wanted, "none") != 0 && open_library(&library, wanted);
  } else {
    for (const char *const *file = files; *file && !found; file++)
      found = open_library(&library, *file);
  }
  return found ? &library : NULL;
}
