/*
** launch.c - how long programs take from fork to exit, side by side
**
**   launch ROUNDS command args… -- command args… -- …
**
** runs them in turn, ROUNDS times each, output discarded, and prints for each command a line
** "best median" in milliseconds. A command that cannot be run or fails prints "nan nan".
*/
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_COMMANDS 16

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static double launch(char **command) {
  double start = now();
  pid_t child = fork();
  if (child == 0) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execvp(command[0], command);
    _exit(127);
  }
  int status = -1;
  if (child < 0 || waitpid(child, &status, 0) < 0 || status != 0) return NAN;
  return now() - start;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: launch ROUNDS command … [-- command …]\n"), 2;
  int rounds = atoi(argv[1]), count = 0;
  char **commands[MAX_COMMANDS] = {argv + 2};
  for (int i = 2; i < argc; i++) {
    if (strcmp(argv[i], "--") != 0) continue;
    argv[i] = NULL;
    if (++count >= MAX_COMMANDS) return 2;
    commands[count] = argv + i + 1;
  }
  count++;
  double *times = malloc(sizeof *times * (size_t)(rounds * count));
  if (rounds < 1 || times == NULL) return 2;
  for (int round = 0; round < rounds; round++)
    for (int c = 0; c < count; c++) times[c * rounds + round] = launch(commands[c]);
  for (int c = 0; c < count; c++) {
    double *mine = times + c * rounds;
    int failed = 0;
    for (int round = 0; round < rounds; round++) failed |= isnan(mine[round]);
    qsort(mine, (size_t)rounds, sizeof *mine, ascending);
    printf("%.3f %.3f\n", failed ? NAN : mine[0], failed ? NAN : mine[rounds / 2]);
  }
  free(times);
  return 0;
}
