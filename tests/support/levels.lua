--- levels(): runs the suite that calls it once on every CPU level that there is. The tests made here are skipped in
--- these runs.
return function()
  local program, suite = arg[-1], arg[0]

  local function output(level, arguments)
    local pipe <close> = assert(io.popen(("RNNLUA_CPU=%s '%s' %s 2>&1"):format(level, program, arguments)))
    return pipe:read "a"
  end

  for _, level in ipairs { "baseline", "v3", "v4" } do
    it("the same holds: " .. level, function()
      if os.getenv "RNNLUA_CPU" then pending "this run is of one level itself" end
      if not output(level, "-e 'require([[rnnlua]]).show_config()'"):find("%s" .. level .. "%s") then
        pending("this processor has no level " .. level)
      end
      assert.matches("\n%d+ passed, 0 failed, 3 skipped\n$", output(level, ("test '%s'"):format(suite)))
    end)
  end
end
