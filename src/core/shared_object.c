/* shared_object.c - a plugin's file, opened */
#include "core/shared_object.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <elf.h>
#endif

static rnn_status check_kind_of_file(rnn_context *cx, const char *file) {
  struct stat status;
  if (stat(file, &status) != 0) return rnn_fail(cx, RNN_UNAVAILABLE, "%s: %s", file, strerror(errno));
  if (S_ISDIR(status.st_mode)) return rnn_fail(cx, RNN_INVALID, "%s: is a directory, not a plugin", file);
  if (!S_ISREG(status.st_mode)) return rnn_fail(cx, RNN_INVALID, "%s: is no regular file", file);
  if (status.st_mode & S_IWOTH)
    return rnn_fail(cx, RNN_INVALID, "%s: every user may write to this file, so it is not loaded (chmod o-w helps)", file);
  if (status.st_size == 0) return rnn_fail(cx, RNN_INVALID, "%s: is empty, not a shared object", file);
  return RNN_OK;
}

#ifdef __linux__
/* the same file of our own process tells what is right here */
static rnn_status compare_machines(rnn_context *cx, const char *file, const Elf64_Ehdr *theirs) {
  Elf64_Ehdr ours;
  int own = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  ssize_t length = own < 0 ? 0 : read(own, &ours, sizeof ours);
  if (own >= 0) close(own);
  if (length != sizeof ours) return RNN_OK; /* dlopen will tell */
  if (theirs->e_ident[EI_CLASS] != ours.e_ident[EI_CLASS])
    return rnn_fail(cx, RNN_INVALID, "%s: is for %d-bit machines, rnnlua is for %d-bit ones", file,
                    theirs->e_ident[EI_CLASS] == ELFCLASS32 ? 32 : 64, (int)sizeof(void *) * 8);
  if (theirs->e_machine != ours.e_machine)
    return rnn_fail(cx, RNN_INVALID, "%s: is for another processor (ELF machine %d), rnnlua is for %d", file,
                    theirs->e_machine, ours.e_machine);
  if (theirs->e_type != ET_DYN)
    return rnn_fail(cx, RNN_INVALID, "%s: is an ELF file, but not a shared object (link with -shared)", file);
  return RNN_OK;
}

/* The end of what the loader maps; it does not look whether the file has it, and reading there would end the process. */
static int64_t end_of_segments(int descriptor, const Elf64_Ehdr *header) {
  int64_t end = 0;
  Elf64_Phdr segment;
  for (int i = 0; i < header->e_phnum && header->e_phentsize == sizeof segment; i++) {
    off_t at = (off_t)header->e_phoff + (off_t)i * (off_t)sizeof segment;
    if (pread(descriptor, &segment, sizeof segment, at) != sizeof segment) return INT64_MAX;
    int64_t last = (int64_t)(segment.p_offset + segment.p_filesz);
    if (segment.p_type == PT_LOAD && last > end) end = last;
  }
  return end;
}

static rnn_status check_length(rnn_context *cx, const char *file, const Elf64_Ehdr *header) {
  struct stat status;
  int descriptor = open(file, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0 || fstat(descriptor, &status) != 0) {
    if (descriptor >= 0) close(descriptor);
    return rnn_fail(cx, RNN_UNAVAILABLE, "%s: %s", file, strerror(errno));
  }
  int64_t end = end_of_segments(descriptor, header);
  close(descriptor);
  if (end <= status.st_size) return RNN_OK;
  return rnn_fail(cx, RNN_INVALID, "%s: is a shared object cut short after %lld bytes", file, (long long)status.st_size);
}

static rnn_status check_format(rnn_context *cx, const char *file) {
  Elf64_Ehdr header = {0}; /* type and machine lie at the same place for 32 bits */
  int descriptor = open(file, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return rnn_fail(cx, RNN_UNAVAILABLE, "%s: %s", file, strerror(errno));
  ssize_t length = read(descriptor, &header, sizeof header);
  close(descriptor);
  if (length < EI_NIDENT || memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
    return rnn_fail(cx, RNN_INVALID, "%s: is not a shared object", file);
  if (length < (ssize_t)sizeof(Elf32_Ehdr))
    return rnn_fail(cx, RNN_INVALID, "%s: is a shared object cut short after %zd bytes", file, length);
  rnn_try(compare_machines(cx, file, &header));
  return header.e_ident[EI_CLASS] == ELFCLASS64 ? check_length(cx, file, &header) : RNN_OK;
}
#else
static rnn_status check_format(rnn_context *cx, const char *file) {
  (void)cx, (void)file;
  return RNN_OK;
}
#endif

rnn_status rnn_open_shared_object(rnn_context *cx, const char *file, rnn_shared_object *object) {
  rnn_try(check_kind_of_file(cx, file));
  rnn_try(check_format(cx, file));
  void *library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == NULL) return rnn_fail(cx, RNN_INVALID, "%s", dlerror());
  const rnn_plugin *plugin = dlsym(library, "rnn_plugin_descriptor");
  if (plugin == NULL) {
    dlclose(library);
    return rnn_fail(cx, RNN_INVALID, "%s: no symbol rnn_plugin_descriptor; is it a plugin of rnnlua?", file);
  }
  *object = (rnn_shared_object){library, plugin};
  return RNN_OK;
}

void rnn_close_shared_object(rnn_shared_object *object) {
  if (object->library) dlclose(object->library);
  *object = (rnn_shared_object){0};
}
