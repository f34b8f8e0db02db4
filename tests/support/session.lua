--- Interactive sessions on a pseudo-terminal, each with a history of its own unless it is told otherwise.
local terminal = require "support.terminal"

local session = { available = terminal.available }

local opened, state_number = {}, 0

session.folder = os.tmpname()
os.remove(session.folder)

--- To be called by a test file before its first session: sessions end with each test, their folder with the file.
function session.set_up()
  os.execute("mkdir -p " .. session.folder)
  after_each(function()
    for _, s in ipairs(opened) do s:close() end
    opened = {}
  end)
  teardown(function() os.execute("rm -rf " .. session.folder) end)
end

--- A folder for a history of its own.
function session.new_state()
  state_number = state_number + 1
  return session.folder .. "/state" .. state_number
end

--- @param options table? # those of terminal.open; no_prompt: does not wait for the first prompt
function session.open(options)
  options = options or {}
  options.env = options.env or {}
  options.env.XDG_STATE_HOME = options.env.XDG_STATE_HOME or session.new_state()
  local s = terminal.open(options)
  opened[#opened + 1] = s
  if not options.no_prompt then s:expect "> " end
  return s
end

return session
