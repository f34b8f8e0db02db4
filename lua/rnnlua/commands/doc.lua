--- `rnnlua doc [NAME]`: what help(x) tells in a session, on standard output; and all of it in other forms.
local core = require "rnnlua.core"
local help = require "rnnlua.help"

local USAGE <const> = [[
usage: rnnlua doc [NAME]        a layer, function, method (fit, Model:fit), field, namespace or subcommand
       rnnlua doc --man         the man page rnnlua(1)
       rnnlua doc --luals       everything in rl, annotated for the Lua language server
       rnnlua doc --luals-test  the words of rnnlua test, for it
       rnnlua doc --reference   the reference, a page of Markdown
]]

local FORMS <const> = { ["--man"] = "rnnlua.docs.man", ["--luals"] = "rnnlua.docs.luals",
  ["--luals-test"] = "rnnlua.docs.luals_test",
  ["--reference"] = "rnnlua.docs.reference" }

--- The value that a name stands for: a path from rl ("layers.Dense", "rl.zeros", "random.normal"), or nil.
local function find(name)
  local value = require "rnnlua"
  for field in name:gsub("^rl%.", ""):gmatch "[^.:]+" do
    local ok, found = pcall(function() return value[field] end)
    if not ok or found == nil then return nil end
    value = found
  end
  return value
end

--- Whether help finds the name by itself, whatever its kind: "Dense", "adam", "relu".
local function is_type(name)
  for _, kind in ipairs(core.kinds()) do
    if core.type(kind, name) then return true end
  end
  return false
end

--- How an entry of the catalogue is called: "rl.utils.read_csv(path [, given])", "Model.layers: layer[]"
local function title(entry)
  local signature = entry.signature or require "rnnlua.docs.reference".signature(entry)
  return entry.kind == "field" and entry.path .. ": " .. entry.returns[1].type or signature
end

--- What is known of an entry: help's text, under the name that scripts call it by.
local function entry_text(entry)
  local text = entry.value and help.text(entry.value)
  if entry.is_type then return text end
  if text and not entry.class and type(entry.value) == "function" then
    return title(entry) .. "\n" .. (text:match "\n(.*)$" or "")
  end
  return text or ("%s\n  %s"):format(title(entry), entry.lines[1])
end

--- Texts of the entries that a name may mean, methods and fields among them.
local function entry_texts(name)
  local texts = {}
  for i, entry in ipairs(require "rnnlua.docs.catalogue".find(name)) do texts[i] = entry_text(entry) end
  return texts
end

--- What a subcommand says of itself, or nil.
local function subcommand_text(name)
  for _, entry in ipairs(require "rnnlua.docs.program".subcommands) do
    if entry[1] == name then return ("rnnlua %s\n  %s\n%s"):format(name, entry[3], (require(entry[2]).usage:gsub("\n$", ""))) end
  end
end

local function texts_of(name)
  local texts, value = {}, find(name) -- "zeros" is both: an initializer and a tensor function
  if is_type(name) then texts[1] = help.text(name) end
  if type(value) == "table" and tostring(value):find "^<rl" then texts[#texts + 1] = help.text(value) end -- a namespace
  for _, text in ipairs(entry_texts(name)) do
    if text ~= texts[1] then texts[#texts + 1] = text end
  end
  if #texts == 0 and value ~= nil then texts[1] = help.text(value) end
  texts[#texts + 1] = subcommand_text(name)
  return texts
end

--- All that may be asked for by its last name, or what there is of "Model" in "Model.fot".
local function known_names(name)
  local names, parent = {}, name:match "^(.*)[.:]"
  for _, entry in ipairs(require "rnnlua.docs.catalogue".entries()) do
    if not parent or entry.path:lower():find(parent:lower(), 1, true) then
      names[#names + 1] = entry.name
      for alias in (entry.aliases or ""):gmatch "%S+" do names[#names + 1] = alias end
    end
  end
  if parent then return names end
  for field in pairs(require "rnnlua") do names[#names + 1] = field end
  for _, entry in ipairs(require "rnnlua.docs.program".subcommands) do names[#names + 1] = entry[1] end
  return names
end

return {
  usage = USAGE,
  --- @param arguments string[]
  --- @return integer # the exit status
  main = function(arguments)
    local name = arguments[1]
    if #arguments == 1 and FORMS[name] then
      io.write(require(FORMS[name]).text())
      return 0
    end
    if #arguments > 1 or name and name:find "^%-" then
      io.stderr:write(USAGE)
      return 1
    end
    if name == nil then return help.help() or 0 end
    local texts = texts_of(name)
    if #texts > 0 then return print(table.concat(texts, "\n\n")) or 0 end
    local near = core.suggest(name:match "[^.:]+$" or name, known_names(name))
    io.stderr:write(("rnnlua doc: nothing is known by the name '%s'%s\n"):format(name,
      near and (" (did you mean '%s'?)"):format(near) or ""))
    return 1
  end,
}
