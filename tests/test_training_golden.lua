--- Trained models against Keras 3: from its first weights to its losses, metrics, weights and predictions.
local golden = require "support.golden"
local trained = require "support.trained"

describe("Trained as by Keras:", function() trained(golden "keras_models") end)
describe("Embeddings trained as by Keras:", function() trained(golden "keras_embedding") end)
