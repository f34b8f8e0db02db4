--- Documentation: everything public has some, every example in it runs and gives what it says, and the forms that are
--- made of it hold together.
local here = debug.getinfo(1, "S").source:match "^@(.*/)" or "./"
local run = dofile(here .. "support/plugins.lua")
local documentation = dofile(here .. "support/documentation.lua")
local core = require "rnnlua.core"
local rl = require "rnnlua"
local catalogue = require "rnnlua.docs.catalogue"
local comments = require "rnnlua.docs.comments"

local entries = catalogue.entries()
local by_path = {}
for _, entry in ipairs(entries) do by_path[entry.path] = entry end

--- Whether a type is rnnlua's own: other tests of this process may have registered some, or loaded plugins.
local function is_own_type(kind, name)
  local folder = core.installed_folders()[1] .. "/"
  for _, plugin in ipairs(core.plugins()) do
    for _, made in ipairs(plugin.types) do
      if made.kind == kind and made.name == name then
        return plugin.origin == "built in" or plugin.origin:sub(1, #folder) == folder
      end
    end
  end
  return false
end

--- Nor are functions that a test has put into rl.
local function is_ours(entry)
  if entry.is_type then return is_own_type(entry.kind, entry.name) end
  local source = type(entry.value) == "function" and debug.getinfo(entry.value, "S").source or "=[C]"
  return source == "=[C]" or source:find "^@lua/rnnlua/" ~= nil
end

describe("every public name", function()
  it("has a word about it, and one about each of its arguments, whose types are known", function()
    local wanting = {}
    for _, entry in ipairs(entries) do
      if is_ours(entry) then
        for _, complaint in ipairs(documentation.complaints(entry)) do wanting[#wanting + 1] = complaint end
      end
    end
    assert.equal("", table.concat(wanting, "\n"))
    assert.truthy(#entries > 500)
  end)

  it("is missed where it lacks that", function()
    local function complaints(changes)
      local entry = { path = "f", lines = { "Does." }, params = {}, named = {}, returns = {} }
      for key, value in pairs(changes) do entry[key] = value end
      return table.concat(documentation.complaints(entry), "; ")
    end
    assert.equal("", complaints {})
    assert.equal("f: has no word about it", complaints { lines = {} })
    assert.equal("f: parameter 'x' has no @param", complaints { tags = {}, params = { { name = "x", type = "any" } } })
    assert.equal("f: @param 'y' is no parameter", complaints { tags = { { name = "y" } } })
    assert.equal("f: argument 'n' has no doc", complaints { named = { { name = "n", type = "integer" } } })
    assert.equal("f: n: nobody knows the type 'intger'", complaints { named = { { name = "n", type = "intger", doc = "a" } } })
    assert.equal("f: returns: nobody knows the type 'tnsor'", complaints { returns = { { type = "tnsor|nil" } } })
    assert.equal("f: nobody knows the type of parameter 'q'", complaints { params = { { name = "q" } } })
  end)

  local function walk(path, namespace, missing)
    for name, value in pairs(namespace) do
      local described = type(value) ~= "function" and core.describe(value)
      if described and is_own_type(described.kind, described.name) then
        local place = (path:gsub("^rl%.metrics$", described.kind == "loss" and "rl.losses" or "rl.metrics"))
        if not by_path[place .. "." .. described.name] then missing[#missing + 1] = path .. "." .. name end
      elseif type(value) == "function" then
        if is_ours { value = value } and not by_path[path .. "." .. name] then missing[#missing + 1] = path .. "." .. name end
      elseif not described and tostring(value):find "^<rl" and not tostring(value):find "^<rl%.plugins%." then
        walk(path .. "." .. name, value, missing)
      end
    end
    return missing
  end

  it("of rl is in the catalogue", function()
    assert.equal("", table.concat(walk("rl", rl, {}), " "))
  end)

  it("of an object is in the catalogue", function()
    local model = rl.Sequential { rl.layers.LSTM { 2, input_shape = { 3, 1 } }, rl.layers.Dense(1) }
    model:compile { optimizer = "adam", loss = "mse" }
    local functional = rl.Model { inputs = model.inputs, outputs = model.outputs }
    local objects = { Tensor = rl.zeros { 2 }, Layer = rl.layers.Flatten {}, Sequential = model, Functional = functional,
      Component = rl.initializers.Zeros {}, Optimizer = rl.optimizers.SGD {}, Metric = rl.metrics.MeanAbsoluteError {},
      Dataset = rl.data.Dataset.range(3), GradientTape = rl.GradientTape(function() return 1 end), Symbolic = rl.Input { 2 },
      StandardScaler = rl.utils.StandardScaler(), MinMaxScaler = rl.utils.MinMaxScaler(),
      TextVectorization = rl.utils.TextVectorization() }
    local missing = {}
    for class, object in pairs(objects) do
      local own = {} -- arguments are fields too, and documented with the constructor
      for _, arg in ipairs((core.describe(object) or { args = {} }).args) do own[arg.name] = true end
      for _, name in ipairs(debug.getmetatable(object).__fields(object)) do
        local up, found = class, own[name]
        while up and not found do
          found, up = by_path[up .. "." .. name] or by_path[up .. ":" .. name], catalogue.parents[up]
        end
        if class == "Tensor" and (name == "concatenate" or name == "stack") then found = true end -- they take lists
        if not found then missing[#missing + 1] = class .. "." .. name end
      end
    end
    table.sort(missing)
    assert.equal("", table.concat(missing, " "))
  end)

  it("of an object that the catalogue has is there", function()
    local model = rl.Sequential { rl.layers.LSTM { 2, input_shape = { 3, 1 } }, rl.layers.Dense(1) }
    model:compile { optimizer = "adam", loss = "mse" }
    local history = model:fit(rl.zeros { 2, 3, 1 }, rl.zeros { 2 }, { verbose = 0 })
    local scaler, ranged = rl.utils.StandardScaler():fit { { 1 }, { 2 } }, rl.utils.MinMaxScaler():fit { { 1 }, { 2 } }
    local objects = { Tensor = rl.zeros { 2 }, Layer = model.layers[1], Model = model, Sequential = model, Stream = model:stream(),
      History = history, Component = rl.initializers.Zeros {}, Optimizer = model.optimizer, Mean = rl.metrics.Mean {},
      Metric = rl.metrics.MeanAbsoluteError {}, StandardScaler = scaler, MinMaxScaler = ranged, Symbolic = rl.Input { 2 } }
    local missing = {}
    for _, entry in ipairs(entries) do
      local object = objects[entry.group]
      local ok, value = pcall(function() return object[entry.name] end)
      local symbolic_only = entry.group == "Layer" and (entry.name == "input" or entry.name == "output")
      if object and not symbolic_only and not (ok and (value ~= nil or entry.returns[1] and entry.returns[1].type:find "nil")) then
        missing[#missing + 1] = entry.path
      end
    end
    assert.equal("", table.concat(missing, " "))
  end)
end)

describe("an example in a doc comment", function()
  local count, compared = 0, 0
  for _, entry in ipairs(entries) do
    for i, text in ipairs(is_ours(entry) and entry.examples or {}) do
      count = count + 1
      it(("of %s runs%s"):format(entry.path, i > 1 and ", number " .. i or ""), function()
        local message, results = documentation.run(text)
        assert.is_nil(message)
        compared = compared + results
      end)
    end
  end

  it("is one of many, and says what it gives", function()
    assert.truthy(count >= 20)
    assert.truthy(compared >= 12)
  end)

  it("is found wherever it stands, and lists are none", function()
    assert.same({ "a()\n  b()\n\nc()\n", "d()\n" }, comments.examples { "Text:", "    a()", "      b()", "", "    c()", "more", "  list",
      "      of it", "again", "    d()" })
  end)

  it("fails where it is wrong", function()
    assert.equal("expected 3, got 2", (documentation.run "local a = 1\na + 1 --> 3\n"))
    assert.equal("expected a\nc, got a\nb", (documentation.run "print 'a\\nb' --> a\n--> c\n"))
    assert.equal("expected 1, got (not reached)", (documentation.run "if false then\nprint(1) --> 1\nend\n"))
    assert.matches("example:1: no", (documentation.run "error 'no'\n"))
    assert.matches("<name> expected", (documentation.run "local = 1\n"))
    assert.is_nil((documentation.run "local a = 1\nprint(a)\na + 1 --> 1\n--> 2\n"))
  end)
end)

describe("rnnlua doc", function()
  it("tells of each entry by its path", function()
    local lines = {}
    for _, entry in ipairs(entries) do
      if is_ours(entry) then
        local found = catalogue.find(entry.path)
        local there = false
        for _, other in ipairs(found) do there = there or other == entry or other.path == entry.also end
        if not there then lines[#lines + 1] = entry.path end
      end
    end
    assert.equal("", table.concat(lines, " "))
  end)

  it("finds methods, fields, namespaces and subcommands", function()
    for name, text in pairs {
      fit = "^Model:fit%(x %[, y%] %[, given%]%)\n.*epochs: integer, default 1",
      ["model:fit"] = "^Model:fit%(",
      ["Model.layers"] = "^Model%.layers: layer%[%]\n  the layers, in order\n",
      ["rl.clip"] = "^rl%.clip%(t, low, high%)\n",
      ["Tensor.clip"] = "^rl%.clip%(t, low, high%)\n",
      count_params = "Layer:count_params%(%): integer\n.*Model:count_params%(%)\n",
      ["callbacks.EarlyStopping"] = "^EarlyStopping{…}\n.*patience",
      layers = "^<rl%.layers>\n.*Dense",
      ["utils.train_test_split"] = "^rl%.utils%.train_test_split%(%.%.%.%)\n.*test_size",
      plugins = "<rl%.plugins>.*usage: rnnlua .*plugins %[list%]",
      test = "^rnnlua test\n.*%-%-filter PATTERN",
      new = "rnnlua new NAME",
      examples = "rnnlua examples show NAME",
      doc = "rnnlua doc %-%-man",
    } do
      local output, status = run.rnnlua("doc " .. name)
      assert.message(name).equal(0, status)
      assert.matches(text, output)
    end
  end)

  it("says what was meant", function()
    for name, meant in pairs { ["Model.fot"] = "fit", early_stoping = "EarlyStopping", exampels = "examples", tain_test_split = "train_test_split" } do
      local output, status = run.rnnlua("doc " .. name)
      assert.matches("did you mean '" .. meant .. "'?", output, 1, true)
      assert.equal(1, status)
    end
    assert.matches("^usage: rnnlua doc %[NAME%]", (run.rnnlua "doc --html"))
    assert.matches("^usage: rnnlua doc %[NAME%]", (run.rnnlua "doc --man Dense"))
  end)
end)

describe("the man page", function()
  local page = require "rnnlua.docs.man".text()

  it("has every option, subcommand and namespace", function()
    local plain = page:gsub("\\%-", "-")
    for option in require "rnnlua.usage":gmatch "\n  (%-[^ ]*)" do assert.matches(".B " .. option, plain, 1, true) end
    for word in require "rnnlua.usage":match "Subcommands.*":gmatch "\n  (%l+)" do assert.matches(".SS rnnlua " .. word, plain, 1, true) end
    for _, entry in ipairs(entries) do assert.matches(".B " .. entry.group .. "\n", plain, 1, true) end
  end)

  it("is roff without warnings", function()
    if select(2, run.shell "command -v groff") ~= 0 then pending "groff is not there" end
    local file = run.write(os.tmpname(), page)
    local text = run.shell(("groff -Tutf8 -man -ww -z %s"):format(run.quote(file)))
    assert.equal("", text)
    local shown = run.shell(("groff -Tutf8 -man -P-c %s | col -b"):format(run.quote(file)))
    assert.matches("%-%-plugin NAME\n", shown)
    os.remove(file)
  end)

  it("names every variable of the environment that is looked at", function()
    local source = run.program:match "^(.*)/build/" or "."
    local text, status = run.shell(("grep -rhoE 'getenv ?\\(?\"[A-Z_0-9]+\"' %s/src %s/lua"):format(run.quote(source), run.quote(source)))
    if status ~= 0 then pending "the sources are not there" end
    local plain, missing = page:gsub("\\%-", "-"), {}
    for name in text:gmatch '"([A-Z_0-9]+)"' do
      if not plain:find("%f[%w_]" .. name .. "%f[^%w_]") then missing[#missing + 1] = name end
    end
    assert.equal("", table.concat(missing, " "))
  end)
end)

describe("the reference", function()
  it("has a heading or a line for each entry, and one for each of its arguments", function()
    local page, missing = require "rnnlua.docs.reference".text(), {}
    for _, entry in ipairs(entries) do
      local start = page:find("`" .. entry.path, 1, true)
      local rest = start and page:match("^[^\n]*\n(.-)\n##", start) or ""
      if not start then missing[#missing + 1] = entry.path end
      for _, arg in ipairs(entry.named) do
        if not arg.common and not rest:find(("| `%s` |"):format(arg.name), 1, true) then
          missing[#missing + 1] = entry.path .. " " .. arg.name
        end
      end
    end
    assert.equal("", table.concat(missing, "\n"))
  end)
end)
