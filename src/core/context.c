/* context.c - where messages are left */
#include "core/context.h"

#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>

#include "core/host.h"

typedef struct main_context {
  rnn_context context; /* first: a rnn_context * is a main_context * */
  char message[RNN_MESSAGE_SIZE];
} main_context;

static main_context the_context;
static volatile sig_atomic_t interrupted;

rnn_context *rnn_main_context(void) {
  if (the_context.context.host == NULL) the_context.context.host = rnn_host_table();
  return &the_context.context;
}

const char *rnn_message(const rnn_context *cx) { return ((const main_context *)cx)->message; }

rnn_status rnn_context_fail(rnn_context *cx, rnn_status status, const char *format, ...) {
  char message[sizeof the_context.message]; /* an argument may be the old message */
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* tiles of one loop may fail at once */
  pthread_mutex_lock(&lock);
  snprintf(((main_context *)cx)->message, sizeof the_context.message, "%s", message);
  pthread_mutex_unlock(&lock);
  return status;
}

void rnn_clear_message(rnn_context *cx) { ((main_context *)cx)->message[0] = '\0'; }

rnn_status rnn_answer(rnn_context *cx, rnn_status status) {
  if (status == RNN_OK || status == RNN_INTERRUPTED) return status;
  bool known = (unsigned)status <= RNN_UNAVAILABLE;
  if (rnn_message(cx)[0] == '\0') rnn_fail(cx, status, "failed without a message (status %d)", (int)status);
  return known ? status : RNN_INVALID;
}

void rnn_set_interrupted(bool pressed) { interrupted = pressed; }

bool rnn_context_interrupted(rnn_context *cx) {
  (void)cx;
  return interrupted;
}
