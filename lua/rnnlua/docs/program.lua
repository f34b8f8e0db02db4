--- What the program is beside its options, for the man page: environment, files, exit status.
return {
  subcommands = {
    { "test", "rnnlua.test", "Runs scripted tests, written in busted's words." },
    { "plugins", "rnnlua.commands.plugins", "What is loaded and what is found; looks at, checks and starts plugins." },
    { "doc", "rnnlua.commands.doc", "Documentation of a name; and all of it in other forms." },
    { "new", "rnnlua.commands.new", "Writes a project to begin with: a script, a model, data and tests." },
    { "examples", "rnnlua.commands.examples", "Lists, runs and prints the scripts that come with rnnlua." },
  },
  environment = {
    { "LUA_INIT, LUA_INIT_5_4", "Run before anything else, as by lua." },
    { "LUA_PATH, LUA_PATH_5_4, LUA_CPATH, LUA_CPATH_5_4", "Where require looks for modules, as in lua." },
    { "OMP_NUM_THREADS", "How many threads long computations may use; --threads comes before it." },
    { "RNNLUA_PLUGIN_PATH", "Folders, with colons between, in which plugins are looked for by name." },
    { "RNNLUA_BLAS", "The matrix library to open, a file; none: rnnlua's own kernels." },
    { "RNNLUA_CPU", "baseline, v3 or v4: the loops of an older processor." },
    { "RNNLUA_READLINE", "The library for editing lines in the session; empty: none." },
    { "VISUAL, EDITOR, PAGER, SHELL", "What :edit, :page and :sh of the session call; vi, less and sh by default." },
    { "NO_COLOR", "If set, the session shows no colours." },
    { "TERM, COLUMNS", "The terminal and its width." },
    { "HOME, XDG_DATA_HOME, XDG_STATE_HOME", "Where the user's plugins and the session's history lie." },
  },
  files = {
    { "~/.local/share/rnnlua/plugins", "Plugins of the user." },
    { "~/.local/state/rnnlua/history", "What was typed in sessions." },
    { "PREFIX/lib/rnnlua/plugins", "Plugins installed for all." },
    { "PREFIX/share/rnnlua/examples", "The scripts that rnnlua examples runs." },
    { "PREFIX/share/rnnlua/luals/rnnlua.lua", "For editors: everything in rl, annotated for the Lua language server." },
    { "PREFIX/share/doc/rnnlua/reference.md", "The reference." },
  },
  exit_status = "0 if all went well, 1 after an error in a script or the command line. rnnlua test: 1 if a test failed or "
    .. "none was found, 2 if its arguments are wrong.",
}
