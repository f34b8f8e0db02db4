/*
** embed.c - a program of the build: turns Lua files into one C file of bytecode.
**
**   embed OUT.c src/embed/docs.lua lua/rnnlua/summary.lua …
**
** writes an array `rnn_modules` of {name, bytes, size}, ended by a NULL name. The name is what
** `require` is given: lua/rnnlua/model/fit.lua becomes "rnnlua.model.fit". Debug information is
** kept, so that errors and tracebacks name the Lua file and line. One module more, rnnlua.docs, is made by
** docs.lua from their comments.
*/
#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>
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

/* writes the function on top of the stack as bytes of module number `index` */
static int write_module(lua_State *L, FILE *out, int index) {
  fprintf(out, "static const unsigned char module_%d[] = {\n", index);
  int failed = lua_dump(L, write_bytes, out, 0);
  fprintf(out, "};\n");
  lua_settop(L, 0);
  return failed;
}

static int report(lua_State *L) {
  fprintf(stderr, "embed: %s\n", lua_tostring(L, -1));
  return 1;
}

static int embed(lua_State *L, FILE *out, const char *path, int index) {
  if (luaL_loadfile(L, path) != LUA_OK) return report(L);
  return write_module(L, out, index);
}

static int embed_docs(lua_State *L, FILE *out, const char *script, int count, char **paths) {
  if (luaL_loadfile(L, script) != LUA_OK) return report(L);
  luaL_checkstack(L, count, "too many files");
  for (int i = 0; i < count; i++) lua_pushstring(L, paths[i]);
  if (lua_pcall(L, count, 1, 0) != LUA_OK) return report(L);
  size_t size;
  const char *source = lua_tolstring(L, -1, &size);
  if (luaL_loadbuffer(L, source, size, "=rnnlua.docs") != LUA_OK) return report(L);
  return write_module(L, out, 0);
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: embed OUT.c DOCS.lua FILE.lua …\n"), 2;
  FILE *out = fopen(argv[1], "w");
  lua_State *L = luaL_newstate();
  if (out == NULL || L == NULL) return perror(argv[1]), 1;
  luaL_openlibs(L);
  fprintf(out, "#include \"host/modules.h\"\n");
  if (embed_docs(L, out, argv[2], argc - 3, argv + 3)) return remove(argv[1]), 1;
  for (int i = 3; i < argc; i++)
    if (embed(L, out, argv[i], i)) return remove(argv[1]), 1;
  fprintf(out, "const rnn_module rnn_modules[] = {\n");
  fprintf(out, "  {\"rnnlua.docs\", (const char *)module_0, sizeof module_0},\n");
  for (int i = 3; i < argc; i++) {
    char name[256];
    module_name(argv[i], name, sizeof name);
    fprintf(out, "  {\"%s\", (const char *)module_%d, sizeof module_%d},\n", name, i, i);
  }
  fprintf(out, "  {0, 0, 0}\n};\n");
  lua_close(L);
  return fclose(out) != 0;
}
