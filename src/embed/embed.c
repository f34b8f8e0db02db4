/*
** embed.c - a program of the build: turns Lua files into one C file of bytecode.
**
**   embed OUT.c lua/rnnlua/summary.lua …
**
** writes an array `rnn_modules` of {name, bytes, size}, ended by a NULL name. The name is what
** `require` is given: lua/rnnlua/model/fit.lua becomes "rnnlua.model.fit". Debug information is
** kept, so that errors and tracebacks name the Lua file and line.
*/
#include <lauxlib.h>
#include <lua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_bytes(lua_State *L, const void *bytes, size_t size, void *out) {
  (void)L;
  for (size_t i = 0; i < size; i++) fprintf(out, "%u,", ((const unsigned char *)bytes)[i]);
  return fputc('\n', out) == EOF;
}

/* lua/rnnlua/model/fit.lua -> rnnlua.model.fit; init.lua stands for its folder */
static void module_name(const char *path, char *name, size_t size) {
  snprintf(name, size, "%s", strncmp(path, "lua/", 4) == 0 ? path + 4 : path);
  char *suffix = strstr(name, ".lua");
  if (suffix) *suffix = '\0';
  for (char *c = name; *c; c++)
    if (*c == '/') *c = '.';
  char *init = strstr(name, ".init");
  if (init) *init = '\0';
}

static int embed(lua_State *L, FILE *out, const char *path, int index) {
  char chunk[512];
  snprintf(chunk, sizeof chunk, "%s", path);
  if (luaL_loadfile(L, path) != LUA_OK) {
    fprintf(stderr, "embed: %s\n", lua_tostring(L, -1));
    return 1;
  }
  fprintf(out, "static const unsigned char module_%d[] = {\n", index);
  int failed = lua_dump(L, write_bytes, out, 0);
  fprintf(out, "};\n");
  lua_settop(L, 0);
  return failed;
}

int main(int argc, char **argv) {
  if (argc < 2) return fprintf(stderr, "usage: embed OUT.c FILE.lua …\n"), 2;
  FILE *out = fopen(argv[1], "w");
  lua_State *L = luaL_newstate();
  if (out == NULL || L == NULL) return perror(argv[1]), 1;
  fprintf(out, "#include \"host/modules.h\"\n");
  for (int i = 2; i < argc; i++)
    if (embed(L, out, argv[i], i)) return remove(argv[1]), 1;
  fprintf(out, "const rnn_module rnn_modules[] = {\n");
  for (int i = 2; i < argc; i++) {
    char name[256];
    module_name(argv[i], name, sizeof name);
    fprintf(out, "  {\"%s\", (const char *)module_%d, sizeof module_%d},\n", name, i, i);
  }
  fprintf(out, "  {0, 0, 0}\n};\n");
  lua_close(L);
  return fclose(out) != 0;
}
