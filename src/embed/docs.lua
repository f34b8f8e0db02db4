--- Run by embed: gathers the doc comments of Lua files into the source of a module, for help(x).
---
--- What it returns, loaded, is a table path -> key -> {signature, text}. The key is the line on which a
--- function begins, as debug.getinfo gives it, or the name in quotes on the line behind the comment
--- (`class("EarlyStopping", …`).

local function signature_of(line)
  local name, arguments = line:match "function%s+([%w_.:]+)%s*(%b())"
  if not name then name, arguments = line:match "([%w_.]+)%s*=%s*function%s*(%b())" end
  if not name then name, arguments = "function", line:match "function%s*(%b())" end
  return arguments and name .. arguments or name
end

local function key_of(line, number)
  local name = line:match '^%w+%("([%w_]+)"' -- what follows may be a function, too
  if name then return name, name end
  if line:find "%f[%w_]function%f[^%w_]" then return number, signature_of(line) end
end

local function gather(path, out)
  local comment, number = {}, 0
  out[#out + 1] = ("[%q]={"):format(path)
  for line in io.lines(path) do
    number = number + 1
    local text = line:match "^%s*%-%-%- ?(.*)$"
    if text then
      comment[#comment + 1] = text
    else
      local key, signature = key_of(line, number)
      if key and #comment > 0 then
        out[#out + 1] = ("[%q]={%q,%q},"):format(key, signature, table.concat(comment, "\n"))
      end
      comment = {}
    end
  end
  out[#out + 1] = "},"
end

local out = { "return {" }
for _, path in ipairs { ... } do gather(path, out) end
out[#out + 1] = "}"
return table.concat(out, "\n")
