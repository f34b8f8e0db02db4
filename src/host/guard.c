/*
** guard.c - whatever ends an interactive session, the terminal is left as it was found
**
** Line editing gives the terminal back by itself where it ends in good order. This is for what does not let it: a crash,
** abort, kill. The handler calls what POSIX lets signal handlers call, and then the signal does what it does.
*/
#include "host/guard.h"

#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "host/signals.h"

static struct termios found; /* the terminal's mode */
static pid_t owner;          /* who guards it, not a child that was forked; 0: nobody */
static bool understands;     /* whether standard output is a terminal that takes escapes */

/* pastes without brackets, the cursor shown, no colour, a line of its own for what comes */
static const char reset[] = "\33[?2004l\33[?25h\33[m\r\n";

static void restore(int signal_number) {
  if (getpid() == owner) {
    signal(SIGTTOU, SIG_IGN); /* in the background, too */
    tcsetattr(STDIN_FILENO, TCSANOW, &found);
    if (understands && write(STDOUT_FILENO, reset, sizeof reset - 1) < 0) understands = false;
  }
  signal(signal_number, SIG_DFL);
  raise(signal_number); /* comes as this returns */
}

void (*rnn_ending_handler(void))(int) { return owner ? restore : SIG_DFL; }

void rnn_guard_terminal(void) {
  static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE,  SIGILL,  SIGABRT, SIGTRAP, SIGSYS,    SIGTERM, SIGHUP,
                                SIGQUIT, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM, SIGPROF};
  const char *terminal = getenv("TERM");
  if (owner || tcgetattr(STDIN_FILENO, &found) != 0) return;
  owner = getpid();
  understands = isatty(STDOUT_FILENO) && terminal && terminal[0] && strcmp(terminal, "dumb") != 0;
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    struct sigaction before;
    rnn_set_signal(numbers[i], restore, &before);
    bool handled = (before.sa_flags & SA_SIGINFO) || before.sa_handler != SIG_DFL; /* ignored, or a sanitizer's */
    if (handled) sigaction(numbers[i], &before, NULL);
  }
}
