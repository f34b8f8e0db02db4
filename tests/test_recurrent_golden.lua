--- Recurrent layers, masks and wrappers against Keras 3.
local golden = require "support.golden"
local trained = require "support.trained"

describe("Trained as by Keras:", function() trained(golden "keras_recurrent") end)
