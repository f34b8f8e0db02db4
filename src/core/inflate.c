/* inflate.c - zlib from the system's library, opened when first needed */
#include "core/inflate.h"

#include <dlfcn.h>
#include <string.h>

/* z_stream of zlib.h, whose layout is part of zlib's ABI since 1.2 */
typedef struct stream {
  const uint8_t *next_in;
  unsigned int avail_in;
  unsigned long total_in;
  uint8_t *next_out;
  unsigned int avail_out;
  unsigned long total_out;
  const char *message;
  void *state, *allocate, *release, *opaque;
  int data_type;
  unsigned long adler, reserved;
} stream;

#define PART (1u << 24)

enum { NO_FLUSH = 0, DONE = 1, RAW = -15 /* window bits: no header */ };

static struct zlib {
  int (*init)(stream *, int window_bits, const char *version, int stream_size);
  int (*inflate)(stream *, int flush);
  int (*end)(stream *);
} zlib;

static bool open_zlib(void) {
  static const char *const names[] = {"libz.so.1", "libz.so", "libz.dylib", NULL};
  for (int i = 0; names[i] && zlib.end == NULL; i++) {
    void *library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) continue;
    *(void **)&zlib.init = dlsym(library, "inflateInit2_");
    *(void **)&zlib.inflate = dlsym(library, "inflate");
    if (zlib.init && zlib.inflate) *(void **)&zlib.end = dlsym(library, "inflateEnd");
  }
  return zlib.end != NULL;
}

static unsigned int part(size_t n) { return n < PART ? (unsigned int)n : PART; }

/* feeds zlib parts that its counters can hold, between which Ctrl-C is looked for; whether the data ended exactly at
** the end of `to` */
static bool run(rnn_context *cx, stream *s, const uint8_t *bytes, size_t n, uint8_t *to, size_t size) {
  int result = 0;
  size_t in = 0, out = 0;
  uint8_t beyond; /* zlib wants room even where nothing is left to come */
  while (result == 0 && !cx->host->interrupted(cx)) {
    s->next_in = bytes + in;
    s->avail_in = part(n - in);
    s->next_out = out < size ? to + out : &beyond;
    s->avail_out = out < size ? part(size - out) : 1;
    unsigned int in_before = s->avail_in, out_before = s->avail_out;
    result = zlib.inflate(s, NO_FLUSH);
    in += in_before - s->avail_in;
    out += out_before - s->avail_out;
    if (out > size || (in_before == s->avail_in && out_before == s->avail_out)) break;
  }
  return result == DONE && out == size;
}

rnn_status rnn_inflate(rnn_context *cx, const void *bytes, size_t n, void *to, size_t size) {
  if (!open_zlib())
    return rnn_fail(cx, RNN_INVALID, "compressed data need zlib (libz.so.1), which this system lacks");
  stream s;
  memset(&s, 0, sizeof s);
  if (zlib.init(&s, RAW, "1.2.0", (int)sizeof s) != 0)
    return rnn_fail(cx, RNN_NO_MEMORY, "zlib could not be started");
  bool whole = run(cx, &s, bytes, n, to, size);
  zlib.end(&s);
  if (cx->host->interrupted(cx)) return RNN_INTERRUPTED;
  return whole ? RNN_OK : rnn_fail(cx, RNN_INVALID, "the compressed data are damaged");
}
