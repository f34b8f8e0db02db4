/* keysignals.c - signals while a line is edited: noted by the handler, acted upon between keys */
#include "host/keysignals.h"

#include "host/signals.h"

#define COUNT 6

rnn_key_signals rnn_came;
static const int numbers[COUNT] = {SIGINT, SIGWINCH, SIGTSTP, SIGTERM, SIGHUP, SIGQUIT};
static struct sigaction before[COUNT];

static void note(int signal_number) {
  if (signal_number == SIGINT) rnn_came.interrupt = 1;
  else if (signal_number == SIGWINCH) rnn_came.resize = 1;
  else if (signal_number == SIGTSTP) rnn_came.suspend = 1;
  else rnn_came.end = signal_number;
}

void rnn_watch_signals(void) {
  rnn_came = (rnn_key_signals){0, 0, 0, 0};
  for (int i = 0; i < COUNT; i++) {
    rnn_set_signal(numbers[i], note, &before[i]);
    if (before[i].sa_handler == SIG_IGN && numbers[i] != SIGINT) /* by nohup or a shell without jobs */
      sigaction(numbers[i], &before[i], NULL);
  }
}

void rnn_unwatch_signals(void) {
  for (int i = 0; i < COUNT; i++) sigaction(numbers[i], &before[i], NULL);
}

void rnn_suffer_signal(int signal_number) {
  struct sigaction ours;
  rnn_set_signal(signal_number, SIG_DFL, &ours);
  raise(signal_number);
  sigaction(signal_number, &ours, NULL);
}
