/*
** standard.c - our own plugins where they are not compiled in.
**
** They are looked for beside the executable alone: nothing that a user's path has may stand in for them.
*/
#include "core/standard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include "core/context.h"
#include "core/registry.h"
#include "core/shared_object.h"

#ifdef RNN_MINIMAL
/* in the order that they are loaded and listed in */
static const struct standard {
  const char *name;
  rnn_kind kind; /* that it has most of */
} all[] = {{"layers", RNN_LAYER},           {"merging", RNN_LAYER},           {"shaping", RNN_LAYER},
           {"recurrent", RNN_LAYER},         {"activations", RNN_ACTIVATION},
           {"losses", RNN_LOSS},            {"metrics", RNN_METRIC},          {"optimizers", RNN_OPTIMIZER},
           {"initializers", RNN_INITIALIZER}, {"regularizers", RNN_REGULARIZER}, {"constraints", RNN_CONSTRAINT}};
#define COUNT (sizeof all / sizeof all[0])
static char failures[COUNT][512]; /* "" for those that are there */
#endif

/* ---- where ------------------------------------------------------------------------------------------ */

bool rnn_executable(char found[RNN_PATH_SIZE]) {
#ifdef __APPLE__
  char path[RNN_PATH_SIZE];
  uint32_t size = sizeof path;
  return _NSGetExecutablePath(path, &size) == 0 && realpath(path, found) != NULL;
#else
  ssize_t length = readlink("/proc/self/exe", found, RNN_PATH_SIZE - 1);
  if (length <= 0) return false;
  found[length] = '\0';
  return true;
#endif
}

bool rnn_installed_folder(int index, char folder[RNN_PATH_SIZE]) {
  char own[RNN_PATH_SIZE];
  if (index > 1 || !rnn_executable(own)) return false;
  for (int up = 0; up <= index; up++) { /* first the program's own name goes */
    char *slash = strrchr(own, '/');
    if (slash == NULL) return false;
    *slash = '\0';
  }
  return snprintf(folder, RNN_PATH_SIZE, "%s/%s", own, index == 0 ? "plugins" : "lib/rnnlua/plugins") <
         RNN_PATH_SIZE;
}

/* ---- loading ------------------------------------------------------------------------------------------ */

#ifdef RNN_MINIMAL
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* "" in `file` where no folder has it */
static void find_standard(const char *name, char file[RNN_PATH_SIZE + 80]) {
  char folder[RNN_PATH_SIZE];
  for (int i = 0; rnn_installed_folder(i, folder); i++) {
    snprintf(file, RNN_PATH_SIZE + 80, "%s/%s.so", folder, name);
    if (access(file, F_OK) == 0) return;
  }
  file[0] = '\0';
}

static rnn_status load(rnn_context *cx, const char *name) {
  char file[RNN_PATH_SIZE + 80];
  double start = now();
  rnn_shared_object object;
  find_standard(name, file);
  if (file[0] == '\0')
    return rnn_fail(cx, RNN_UNAVAILABLE, "no %s.so in plugins/ beside the executable or in ../lib/rnnlua/plugins", name);
  rnn_try(rnn_open_shared_object(cx, file, &object));
  rnn_status status = rnn_commit_plugin(cx, object.plugin, file);
  if (status != RNN_OK) rnn_close_shared_object(&object);
  if (status == RNN_OK) rnn_note_seconds(now() - start);
  return status;
}

void rnn_load_standard(rnn_context *cx) {
  static bool tried;
  for (size_t i = 0; i < COUNT && !tried; i++)
    if (load(cx, all[i].name) != RNN_OK)
      snprintf(failures[i], sizeof failures[i], "%.500s", rnn_message(cx));
  tried = true;
}

const char *rnn_standard_failure(int index, const char **message) {
  for (size_t i = 0; i < COUNT; i++)
    if (failures[i][0] && index-- == 0) {
      *message = failures[i];
      return all[i].name;
    }
  return NULL;
}

const char *rnn_missing_standard(rnn_kind kind) {
  for (size_t i = 0; i < COUNT; i++)
    if (failures[i][0] && all[i].kind == kind) return all[i].name;
  return NULL;
}
#else
void rnn_load_standard(rnn_context *cx) { (void)cx; }

const char *rnn_standard_failure(int index, const char **message) {
  (void)index, (void)message;
  return NULL;
}

const char *rnn_missing_standard(rnn_kind kind) {
  (void)kind;
  return NULL;
}
#endif
