--- What help knows of constructors beside their doc comments: function -> {name = , spec = , file = }, where
--- spec is a specification as options.lua has them and file has a comment above a line with the name in it.
return setmetatable({}, { __mode = "k" })
