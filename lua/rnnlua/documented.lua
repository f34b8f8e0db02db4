--- What help knows of functions beside their doc comments: function -> {spec = what it takes by name, as options.lua
--- has it, methods = those of what it makes}. A constructor that is no function with a comment of its own has also name
--- and file, which has a comment above a line with the name in it.
return setmetatable({}, { __mode = "k" })
