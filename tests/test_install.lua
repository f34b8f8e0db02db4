--- `make install`, and a binary that needs nothing beside it.
local program = arg[-1]
local build = program:match "^(.*)/" or "."

local folder

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

--- What a shell command prints on both streams, and its exit status.
local function shell(command)
  local pipe <close> = assert(io.popen("{ " .. command .. "; } 2>&1"))
  local text = pipe:read "a"
  local _, _, status = pipe:close()
  return text, status
end

local function exists(path)
  local file = io.open(path)
  if file then file:close() end
  return file ~= nil
end

setup(function()
  folder = os.tmpname()
  os.remove(folder)
  assert(os.execute("mkdir " .. quote(folder)))
end)

teardown(function() os.execute("rm -rf " .. quote(folder)) end)

describe("a copied binary", function()
  it("runs alone, from any directory, without an environment", function()
    assert(os.execute(("cp %s %s/alone"):format(quote(program), quote(folder))))
    local text, status = shell(("cd / && env -i %s/alone -e %s"):format(quote(folder), quote [[
      local rl = require "rnnlua"
      local model = rl.Sequential { rl.layers.Dense { 1, input_shape = { 1 } } }
      model:compile { optimizer = "sgd", loss = "mse" }
      model:fit({ { 1 } }, { 1 }, { verbose = 0 })
      print(#model:predict { { 1 }, { 2 } })]]))
    assert.equal("2\n", text)
    assert.equal(0, status)
  end)
end)

describe("make install", function()
  local prefix, make

  setup(function()
    prefix = folder .. "/stage/opt/rnn"
    make = ("make --no-print-directory BUILD=%s BUILTINS=%s DESTDIR=%s/stage PREFIX=/opt/rnn "):format(quote(build),
      exists(build .. "/plugins/layers.so") and "minimal" or "", quote(folder))
  end)

  local function needs_the_sources()
    if not exists "Makefile" then pending "not run in the repository's root" end
  end

  it("puts program, headers, pkg-config file, examples and licence in place", function()
    needs_the_sources()
    local text, status = shell(make .. "install")
    assert.message(text).equal(0, status)
    for _, name in ipairs { "bin/rnnlua", "include/rnnlua.h", "include/rnnlua_math.h", "lib/pkgconfig/rnnlua.pc",
                            "share/doc/rnnlua/README.md", "share/doc/rnnlua/LICENSE",
                            "share/doc/rnnlua/reference.md", "share/man/man1/rnnlua.1", "share/rnnlua/luals/rnnlua.lua", "share/rnnlua/luals/rnnlua_test.lua", "share/rnnlua/examples/sequence.lua" } do
      assert.message(name).is_true(exists(prefix .. "/" .. name))
    end
    assert.matches("^rnnlua %d+%.%d+%.%d+", (shell(quote(prefix .. "/bin/rnnlua") .. " --version")))
    local pc <close> = assert(io.open(prefix .. "/lib/pkgconfig/rnnlua.pc"))
    local description = pc:read "a"
    assert.matches("prefix=/opt/rnn\n", description, 1, true)
    assert.matches("Cflags: -I${includedir}", description, 1, true)
    assert.matches("plugindir=${prefix}/lib/rnnlua/plugins", description, 1, true)
    assert.is_true(exists(prefix .. "/lib/rnnlua/plugins/."))
  end)

  it("gives headers that a plugin is built from, alone", function()
    needs_the_sources()
    local source, plugin = "tests/plugins/example.c", folder .. "/example.so"
    local text, status = shell(("cc -std=c11 -Wall -Werror -shared -fPIC -I%s -o %s %s"):format(
      quote(prefix .. "/include"), quote(plugin), source))
    assert.message(text).equal(0, status)
    if os.getenv "RNNLUA_SANITIZED" then pending "the plugin is built without sanitizers" end
    local loaded = shell(("%s/bin/rnnlua --plugin %s -e %s"):format(quote(prefix), quote(plugin),
      quote "print(require('rnnlua').layers.Scale { factor = 2 })"))
    assert.matches("^<Scale factor=2.0", loaded)
  end)

  it("has a folder of its own where plugins are found by name, wherever it is installed", function()
    needs_the_sources()
    assert(os.execute(("cp %s/support/plugin_example.so %s/lib/rnnlua/plugins/example.so"):format(quote(build), quote(prefix))))
    local loaded = shell(("cd / && XDG_DATA_HOME=/nonexistent %s/bin/rnnlua --plugin example -e %s"):format(quote(prefix),
      quote "print(require('rnnlua').layers.Scale)"))
    assert.equal("<layer Scale>\n", loaded)
    os.remove(prefix .. "/lib/rnnlua/plugins/example.so")
  end)

  it("is undone by uninstall", function()
    needs_the_sources()
    local _, status = shell(make .. "uninstall")
    assert.equal(0, status)
    assert.equal("0\n", (shell(("find %s -type f | wc -l | tr -d ' '"):format(quote(folder .. "/stage")))))
  end)
end)
