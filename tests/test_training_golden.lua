--- Trained models against Keras 3: from its first weights to its losses, metrics, weights and predictions.
local golden = require "support.golden"
local trained = require "support.trained"

describe("Trained as by Keras:", function() trained(golden "keras_models") end)

describe("On every CPU level", function()
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
end)
