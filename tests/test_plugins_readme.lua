--- src/plugins/README.md: its files are written, its commands run, in order, from a folder outside of the tree.
local program = arg[-1]

local function quote(text) return "'" .. text:gsub("'", "'\\''") .. "'" end

local function read(path)
  local file = io.open(path)
  if not file then return nil end
  local text = file:read "a"
  file:close()
  return text
end

--- {{language, text}, …} of the fenced blocks.
local function blocks_of(text)
  local blocks = {}
  for language, block in text:gmatch "\n```(%a+)\n(.-)\n```" do blocks[#blocks + 1] = { language, block .. "\n" } end
  return blocks
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function run(command)
  local pipe <close> = assert(io.popen("{ " .. command .. "\n} 2>&1"))
  local text = pipe:read "a"
  local _, _, status = pipe:close()
  return text, status
end

local folder

describe("src/plugins/README.md", function()
  setup(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir -m 755 " .. quote(folder) .. " && mkdir -m 755 " .. quote(folder .. "/page")))
  end)

  teardown(function() os.execute("rm -rf " .. quote(folder)) end)

  it("has files and commands that work as they stand, against the installed header alone", function()
    local text = read "src/plugins/README.md"
    if not text or not read "Makefile" then pending "not run in the repository's root" end
    local build = program:match "^(.*)/" or "."
    local installed, status = run(("make --no-print-directory BUILD=%s BUILTINS=%s PREFIX=%s install"):format(quote(build),
      read(build .. "/plugins/layers.so") and "minimal" or "", quote(folder .. "/prefix")))
    assert.message(installed).equal(0, status)
    -- where there is no pkg-config, this reads the same file
    assert(os.execute("mkdir " .. quote(folder .. "/bin")))
    write(folder .. "/bin/pkg-config", ("#!/bin/sh\nsed -n 's/^Cflags: //p' %s/prefix/lib/pkgconfig/rnnlua.pc | " ..
      "sed 's|.{includedir}|%s/prefix/include|'\n"):format(folder, folder))
    assert(os.execute("chmod 755 " .. quote(folder .. "/bin/pkg-config")))
    local before = ("cd %s/page && set -e && PATH=%s/prefix/bin:$PATH:%s/bin && export PKG_CONFIG_PATH=%s/prefix/lib/pkgconfig " ..
      "XDG_DATA_HOME=/nonexistent\n"):format(quote(folder), quote(folder), quote(folder), quote(folder))
    local files, commands, printed = 0, 0, {}
    for _, block in ipairs(blocks_of(text)) do
      local name = block[2]:match "^/%* ([%w_]+%.c) %*/" or block[2]:match "^%-%- ([%w_]+%.lua)\n"
      if block[1] == "sh" then
        local output, code = run(before .. block[2])
        assert.message(block[2] .. output).equal(0, code)
        printed[#printed + 1], commands = output, commands + 1
      else
        assert.message("a block without a file's name: " .. block[2]).is_true(name ~= nil)
        write(folder .. "/page/" .. name, block[2])
        files = files + 1
      end
    end
    local all = table.concat(printed)
    assert.equal(3, files)
    assert.equal(5, commands)
    for _, expected in ipairs { "wrote ./my_layer.c", "layer Gain: ok", "<Gain start=2.0 name=g>", "Gain{start=1}",
                                "layer DotAttention: ok", "DotAttention(units)", "<layer Gain>", "attention  1.0" } do
      assert.matches(expected, all, 1, true)
    end
    assert.matches("gain (Gain): expected a known number of features, got None", run(before .. [[rnnlua --plugin ./gain.so -e '
      local rl = require "rnnlua"
      rl.layers.Gain()(rl.Input { shape = { 5, -1 } })' || true]]), 1, true)
  end)
end)
