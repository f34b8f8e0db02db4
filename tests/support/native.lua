--- native "faults" is the C module made from tests/support/faults.c; nil, message where it is not built.
local program = arg[-1]
local folder = (program:match "^(.*)/" or ".") .. "/support/"

return function(name)
  local open, message = package.loadlib(folder .. name .. ".so", "luaopen_" .. name)
  if not open then return nil, message end
  return open(name)
end
