--- From text to functions: expressions, statements, and pasted blocks of both.
local chunks = {}

local NAME <const> = "=stdin" -- what lua calls it in messages
local SEMICOLON <const> = (";"):byte()

local function is_incomplete(message) return message:find "<eof>$" ~= nil end

--- One piece of a chunk: an expression if it can be one, so that its value is shown.
--- @param lines_above integer? # lines of a block before this piece, so that messages count from its start
--- @return function?, string?
function chunks.compile_piece(text, lines_above)
  local above = ("\n"):rep(lines_above or 0)
  text = text:gsub("^%s*=", "return ", 1) -- lua's old `=expression`
  local f = load(above .. "return " .. text, NAME, "t")
  if f then return f end
  return load(above .. text, NAME, "t")
end

local compile_piece = chunks.compile_piece

--- @return string[]
function chunks.lines(text)
  local lines = {}
  for line in (text:gsub("\n+$", "") .. "\n"):gmatch "(.-)\n" do lines[#lines + 1] = line end
  return lines
end

--- Whether a chunk that compiles ends with a semicolon, which silences it; not one at the end of a comment, in whose place
--- a bracket would do as well.
function chunks.is_silent(text)
  local head = text:match "^(.*);%s*$"
  if head == nil then return false end
  local lines = chunks.lines(head .. ")")
  return not (compile_piece(head .. ")") or compile_piece(lines[#lines]))
end

--- Statements that end with an expression: one function, so that the locals reach the expression.
local function compile_with_last_value(lines)
  for first = #lines, 2, -1 do
    local head = table.concat(lines, "\n", 1, first - 1)
    local tail = table.concat(lines, "\n", first)
    if load(head, NAME, "t") and load("return " .. tail, NAME, "t") then
      return load(head .. "\nreturn " .. tail, NAME, "t")
    end
  end
end

--- The same for one line: `x = 1; x`.
local function compile_line_with_last_value(text)
  for at = #text, 1, -1 do
    if text:byte(at) == SEMICOLON then
      local head, tail = text:sub(1, at), text:sub(at + 1)
      if tail:find "%S" and load("return " .. tail, NAME, "t") and load(head, NAME, "t") then
        return load(head .. "return " .. tail, NAME, "t")
      end
    end
  end
end

--- As if the lines had been typed one by one: each piece ends as soon as it is complete.
local function compile_line_by_line(lines)
  local pieces, first = {}, 1
  for last = 1, #lines do
    local f, message = compile_piece(table.concat(lines, "\n", first, last), first - 1)
    if f then
      pieces[#pieces + 1], first = f, last + 1
    elseif not is_incomplete(message) or last == #lines then
      return nil, message
    end
  end
  return pieces
end

--- @param text string # one line, or several that were pasted or continued
--- @return function[]? # to be called in this order
--- @return string? # what is wrong with the text
--- @return boolean? # whether more lines could mend it
function chunks.compile(text)
  local f, message = compile_piece(text)
  if f then return { f } end
  local lines = chunks.lines(text)
  if #lines == 1 then
    f = compile_line_with_last_value(text)
    if f then return { f } end
  else
    f = compile_with_last_value(lines)
    if f then return { f } end
    local pieces = compile_line_by_line(lines)
    if pieces then return pieces end
  end
  return nil, message, is_incomplete(message)
end

return chunks
