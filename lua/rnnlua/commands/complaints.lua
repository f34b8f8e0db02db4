--- What subcommands say on standard error where they cannot do what they were asked.

--- @param command string # "rnnlua new"
--- @param usage string # what is shown where the words were wrong
--- @return fun(message: string): integer fail # both give the exit status
--- @return fun(message: string): integer refuse # the message, then the usage
return function(command, usage)
  local function fail(message)
    io.stderr:write(command, ": ", message, "\n")
    return 1
  end
  local function refuse(message)
    fail(message)
    io.stderr:write(usage)
    return 1
  end
  return fail, refuse
end
