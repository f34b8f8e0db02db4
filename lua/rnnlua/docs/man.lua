--- The man page rnnlua(1), in roff's man macros: from what --help shows, what subcommands say of themselves, and the
--- catalogue.
local core = require "rnnlua.core"
local catalogue = require "rnnlua.docs.catalogue"
local program = require "rnnlua.docs.program"

local man = {}

--- Text as roff takes it: no line begins with a control character, hyphens can be copied.
local function escape(text)
  text = text:gsub("\\", "\\e"):gsub("%-", "\\-"):gsub("'", "\\(aq"):gsub("`", "\\(ga"):gsub("%^", "\\(ha"):gsub("~", "\\(ti")
  return (text:gsub("\n([.])", "\n\\&%1"):gsub("^([.])", "\\&%1"))
end

local function add(out, format, ...) out[#out + 1] = format:format(...) end

local function add_verbatim(out, text)
  add(out, ".PP\n.EX\n%s\n.EE", escape((text:gsub("\n+$", ""))))
end

local function add_pairs(out, list)
  for _, entry in ipairs(list) do add(out, ".TP\n.B %s\n%s", escape(entry[1]), escape(entry[2])) end
end

--- Options as --help lists them: two blanks, the option, two or more blanks, what it does.
local function add_options(out, text)
  for line in text:gmatch "([^\n]+)\n" do
    local option, doc = line:match "^  (%-.-)%s%s+(.+)$"
    if option then add(out, ".TP\n.B %s\n%s", escape(option), escape(doc)) end
  end
end

local function add_subcommands(out)
  for _, entry in ipairs(program.subcommands) do
    add(out, ".SS %s\n%s", escape("rnnlua " .. entry[1]), escape(entry[3]))
    add_verbatim(out, require(entry[2]).usage)
  end
end

--- The names of each group, in the order in which groups come.
local function add_names(out)
  local groups, names = {}, {}
  for _, entry in ipairs(catalogue.entries()) do
    local group = entry.group
    if not names[group] then groups[#groups + 1], names[group] = group, {} end
    names[group][#names[group] + 1] = entry.name
  end
  for _, group in ipairs(groups) do
    add(out, ".TP\n.B %s\n%s", escape(group), escape(table.concat(names[group], ", ")))
  end
end

--- @return string the page
function man.text()
  local usage, out = require "rnnlua.usage", {}
  add(out, '.TH RNNLUA 1 "" "rnnlua %s" "User Commands"', core.version)
  add(out, ".SH NAME\nrnnlua \\- sequence models in Lua: tensors, Keras\\(aq layers, and fit")
  add(out, ".SH SYNOPSIS\n.B rnnlua\n[\\fIoptions\\fR] [\\fIscript\\fR [\\fIargs\\fR]]\n.br\n.B rnnlua\n[\\fIoptions\\fR] "
    .. "\\fIsubcommand\\fR [\\fIargs\\fR]")
  add(out, ".SH DESCRIPTION\n%s", escape [[
Runs a Lua script; without one, starts an interactive session where standard input is a terminal. It is lua 5.4 with a
module built in: local rl = require "rnnlua" gives tensors, layers, losses, optimizers, metrics, callbacks and models with
Keras' names, defaults and numbers.]])
  add(out, ".SH OPTIONS")
  add_options(out, usage)
  add(out, ".SH SUBCOMMANDS\nA script of such a name is run by ./test or \\-\\- test.")
  add_subcommands(out)
  add(out, ".SH THE MODULE\nWhat rl has. %s", escape "rnnlua doc NAME tells about each name.")
  add_names(out)
  add(out, ".SH EXIT STATUS\n%s", escape(program.exit_status))
  add(out, ".SH ENVIRONMENT\nWith -E none of Lua\\(aqs own and of those for plugins count.")
  add_pairs(out, program.environment)
  add(out, ".SH FILES")
  add_pairs(out, program.files)
  add(out, ".SH EXAMPLES")
  add_verbatim(out, "rnnlua new forecast && rnnlua forecast/main.lua && rnnlua test forecast\nrnnlua examples sine\n"
    .. "rnnlua doc LSTM\nrnnlua -e 'print(require \"rnnlua\".eye(3))'")
  add(out, ".SH SEE ALSO\n.BR lua (1)")
  return table.concat(out, "\n") .. "\n"
end

return man
