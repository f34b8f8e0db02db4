--- A golden case's name and arguments, in an order that does not change: "elu alpha=0.5".
return function(case)
  local words = {}
  for name, value in pairs(case.args) do words[#words + 1] = name .. "=" .. tostring(value) end
  table.sort(words)
  return case.name .. " " .. table.concat(words, " ")
end
