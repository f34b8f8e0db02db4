--- Layers and models from their configs: {class_name =, config =}.
local core = require "rnnlua.core"
local options = require "rnnlua.options"

local layer_config = {}

local MODELS = { Sequential = "rnnlua.sequential", Functional = "rnnlua.functional" }

--- A new layer or model, with fresh weights.
--- @param entry table {class_name=, config=}
function layer_config.make(entry)
  if type(entry) ~= "table" or type(entry.class_name) ~= "string" or type(entry.config) ~= "table" then
    core.raise("from_config: each layer must be a table with class_name and config, got " .. options.describe(entry))
  end
  local model = MODELS[entry.class_name]
  if model then return require(model).from_config(entry.config) end
  return require "rnnlua".layers[entry.class_name](entry.config)
end

return layer_config
