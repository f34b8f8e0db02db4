--- refused(message, f): f, a function written on one line, must raise exactly `message`, at that line.
return function(message, f)
  local ok, got = pcall(f)
  if ok then error("no error was raised, expected: " .. message, 2) end
  local info = debug.getinfo(f, "S")
  local position = ("%s:%d: "):format(info.short_src, info.linedefined)
  assert.equal(position .. message, got)
end
