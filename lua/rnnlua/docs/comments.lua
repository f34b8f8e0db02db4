--- A doc comment taken apart: what is said, @param and @return lines, and the examples.
local comments = {}

--- "x tensor|table one row a timestep" -> name, type, doc
local function split_param(text)
  local name, rest = text:match "^(%S+)%s+(.*)$"
  if not name then return text, "any", "" end
  return name, comments.split_type(rest)
end

--- A type and what follows: a type ends at the first blank outside of brackets.
function comments.split_type(text)
  local depth = 0
  for i = 1, #text do
    local char = text:sub(i, i)
    if char:find "[%(%[{<]" then depth = depth + 1 end
    if char:find "[%)%]}>]" then depth = depth - 1 end
    if depth == 0 and (char == " " or char == ";") then
      local before = text:sub(1, i - 1)
      if not before:find "[,:|]$" then return before, (text:sub(i + 1):gsub("^#?%s*", "")) end
    end
  end
  return text, ""
end

local function take_tag(parsed, tag, text)
  if tag == "param" then
    local name, kind, doc = split_param(text)
    parsed.params[#parsed.params + 1] = { name = name, type = kind, doc = doc }
    return parsed.params[#parsed.params]
  elseif tag == "return" then
    local kind, doc = comments.split_type(text)
    parsed.returns[#parsed.returns + 1] = { type = kind, doc = doc }
    return parsed.returns[#parsed.returns]
  end
end

--- @param text string of the comment, without the dashes
--- @return table # {lines = what is said before the tags, params = {{name, type, doc}, …}, returns = {{type, doc}, …}}
function comments.parse(text)
  local parsed, open = { lines = {}, params = {}, returns = {} }, nil
  for line in (text .. "\n"):gmatch "([^\n]*)\n" do
    local tag, rest = line:match "^@(%w+)%s*(.*)$"
    if tag then
      open = take_tag(parsed, tag, rest)
    elseif open then
      open.doc = (open.doc .. " " .. line:gsub("^%s+", "")):gsub("^%s+", "")
    else
      parsed.lines[#parsed.lines + 1] = line
    end
  end
  while parsed.lines[#parsed.lines] == "" do table.remove(parsed.lines) end
  return parsed
end

--- The examples of a text: what is indented by four blanks or more, each as one string of Lua. Lines with less are lists,
--- and what is indented behind them belongs to them.
--- @param lines string[]
--- @return string[]
function comments.examples(lines)
  local found, block, in_list = {}, nil, false
  for _, line in ipairs(lines) do
    local code = not in_list and line:match "^    (.*)$"
    if line:find "^%S" then in_list = false elseif line:find "^   ?%S" then in_list = true end
    if code then
      block = block and block .. "\n" .. code or code
    elseif block and line == "" then
      block = block .. "\n"
    elseif block then
      found[#found + 1], block = block, nil
    end
  end
  if block then found[#found + 1] = block end
  for i, text in ipairs(found) do found[i] = text:gsub("%s+$", "") .. "\n" end
  return found
end

return comments
