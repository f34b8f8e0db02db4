--- Words of a command for the shell.
local shell = {}

--- @param word string
--- @return string # what the shell reads as that word; quoted only if it has to be
function shell.quote(word)
  return word:find "^[%w_./+-]+$" and word or "'" .. word:gsub("'", "'\\''") .. "'"
end

return shell
