--- rl.utils.TextVectorization: texts as integers (keras/src/layers/preprocessing/text_vectorization.py).
local core = require "rnnlua.core"
local options = require "rnnlua.options"
local data = require "rnnlua.data"
local documented = require "rnnlua.documented"

local text = {}

local creators = core.tensor_creators

local PADDING <const>, UNKNOWN <const> = "", "[UNK]"

--- The tokens that come first: where rows are filled up, the padding.
local FIRST = { int = { PADDING, UNKNOWN }, multi_hot = { UNKNOWN }, count = { UNKNOWN } }

-- from text to tokens ----------------------------------------------------------------------------------------------

local function lower(s) return (s:gsub("%u", string.lower)) end -- ASCII alone, as tf.strings.lower

local function strip(s) return (s:gsub("[!\"#$%%&()*+,%-./:;<=>?@%[\\%]^_`{|}~']", "")) end

local STANDARDIZE = {
  lower_and_strip_punctuation = function(s) return strip(lower(s)) end,
  lower = lower,
  strip_punctuation = strip,
}

local function words(s)
  local list = {}
  for word in s:gmatch "%S+" do list[#list + 1] = word end
  return list
end

--- Characters of UTF-8; bytes that are none become U+FFFD, as in TensorFlow.
local function characters(s)
  local list, at = {}, 1
  while at <= #s do
    local character = s:match("^" .. utf8.charpattern, at)
    if not character or not utf8.len(character) then character = "\u{FFFD}" end
    list[#list + 1] = character
    at = at + (character == "\u{FFFD}" and s:sub(at, at + 2) ~= character and 1 or #character)
  end
  return list
end

local SPLIT = { whitespace = words, character = characters }

local function tokens_of(self, s)
  if type(s) ~= "string" then
    core.raise("TextVectorization: a text or a list of texts expected, got " .. options.describe(s))
  end
  if self.standardize then
    local f = type(self.standardize) == "function" and self.standardize or STANDARDIZE[self.standardize]
    s = f(s)
    if type(s) ~= "string" then
      core.raise("TextVectorization: standardize must return a string, got " .. options.describe(s))
    end
  end
  if not self.split then return { s } end
  local list = (type(self.split) == "function" and self.split or SPLIT[self.split])(s)
  if not options.is_plain_table(list) then
    core.raise("TextVectorization: split must return a list of strings, got " .. options.describe(list))
  end
  return list
end

--- f(text) for each text of a list, of a Dataset or of a function that returns the next one.
local function each_text(who, texts, f)
  if type(texts) == "string" then return f(texts) end
  if data.makes_batches(texts) then
    local next_text = type(texts) == "function" and texts or texts:iter()
    for value in next_text do each_text(who, value, f) end
    return
  end
  if not options.is_plain_table(texts) then
    core.raise(("TextVectorization%s: a list of texts expected, got %s"):format(who, options.describe(texts)))
  end
  for _, value in ipairs(texts) do f(value) end
end

-- the vocabulary ----------------------------------------------------------------------------------------------

local TextVectorization = {}

local function check_room(self, count)
  if self.max_tokens and count > self.max_tokens then
    core.raise(("TextVectorization: %d tokens are more than max_tokens = %d"):format(count, self.max_tokens))
  end
end

local function set_tokens(self, tokens)
  local first = FIRST[self.output_mode]
  self._tokens, self._ids = table.move(first, 1, #first, 1, {}), {}
  table.move(tokens, 1, #tokens, #first + 1, self._tokens)
  for i, token in ipairs(self._tokens) do self._ids[token] = i - 1 end
end

--- Learns the vocabulary: the tokens of these texts, the most frequent first, those as frequent as each other in
--- reversed alphabetical order, as Keras has them. What was learned before is forgotten.
--- @param texts table|function a list of texts, a Dataset, or a function that returns the next one
function TextVectorization:adapt(texts)
  local counts, tokens = {}, {}
  each_text(":adapt", texts, function(s)
    for _, token in ipairs(tokens_of(self, s)) do
      if not counts[token] then tokens[#tokens + 1] = token end
      counts[token] = (counts[token] or 0) + 1
    end
  end)
  table.sort(tokens, function(a, b)
    if counts[a] ~= counts[b] then return counts[a] > counts[b] end
    return a > b
  end)
  local kept, first = {}, #FIRST[self.output_mode]
  for _, token in ipairs(tokens) do
    if #kept + first == self.max_tokens then break end
    if token ~= PADDING and token ~= UNKNOWN then kept[#kept + 1] = token end
  end
  set_tokens(self, kept)
end

--- Sets the vocabulary, with or without the tokens "" and "[UNK]" in front.
--- @param tokens string[]
function TextVectorization:set_vocabulary(tokens)
  if not options.is_plain_table(tokens) then
    core.raise("TextVectorization: argument 'vocabulary' must be a list of strings, got " .. options.describe(tokens))
  end
  local own = FIRST[self.output_mode]
  local first = tokens[1] == own[1] and (not own[2] or tokens[2] == own[2]) and #own + 1 or 1
  local list, seen = {}, { [PADDING] = true, [UNKNOWN] = true }
  for i = first, #tokens do
    local token = tokens[i]
    if type(token) ~= "string" or seen[token] then
      core.raise(("TextVectorization: argument 'vocabulary' must be a list of different strings, got %s "
        .. "at %d"):format(options.describe(token), i))
    end
    seen[token], list[#list + 1] = true, token
  end
  check_room(self, #list + #own)
  set_tokens(self, list)
end

--- The tokens; the one at position i has the number i - 1. "" is the padding, "[UNK]" what is not in the vocabulary.
--- The modes multi_hot and count have no padding.
--- @return string[]
function TextVectorization:get_vocabulary()
  local tokens = self._tokens or FIRST[self.output_mode]
  return table.move(tokens, 1, #tokens, 1, {})
end

--- How many tokens there are, "" and "[UNK]" included: an Embedding's input_dim.
--- @return integer
function TextVectorization:vocabulary_size() return #(self._tokens or FIRST[self.output_mode]) end

-- encoding and decoding ---------------------------------------------------------------------------------------

local function ids_of(self, s)
  if not self._ids then core.raise "TextVectorization: call adapt or set_vocabulary first" end
  local ids, unknown = {}, self._ids[UNKNOWN]
  for i, token in ipairs(tokens_of(self, s)) do ids[i] = self._ids[token] or unknown end
  return ids
end

--- Zeros behind, or cut, up to `length`.
local function fit(ids, length)
  local result = table.move(ids, 1, length, 1, {})
  for i = #result + 1, length do result[i] = 0 end
  return result
end

local function as_integers(self, lists)
  local length = self.output_sequence_length
  if not length then
    length = 0
    for _, ids in ipairs(lists) do length = math.max(length, #ids) end
  end
  if length == 0 then return creators.zeros({ #lists, 0 }, "int64") end
  for i, ids in ipairs(lists) do lists[i] = fit(ids, length) end
  return creators.tensor(lists, "int64")
end

--- How often each token comes, or whether it does.
local function as_counts(self, lists)
  local result = creators.zeros { #lists, #self._tokens }
  for i, ids in ipairs(lists) do
    for _, id in ipairs(ids) do
      local before = self.output_mode == "count" and result[{ i, id + 1 }] or 0
      result[{ i, id + 1 }] = before + 1
    end
  end
  return result
end

--- The numbers of the tokens of a text, or of a list of texts (a row each, zeros behind the shorter ones).
--- @param texts string|string[]
--- @return tensor int64; float32 in the modes multi_hot and count
function TextVectorization:encode(texts)
  local single, lists = type(texts) == "string", {}
  each_text("", texts, function(s) lists[#lists + 1] = ids_of(self, s) end)
  if #lists == 0 then core.raise "TextVectorization: a text or a list of texts expected, got an empty table" end
  local result = self.output_mode == "int" and as_integers(self, lists) or as_counts(self, lists)
  return single and result[1] or result
end

local function decode_row(self, ids)
  local parts = {}
  for _, number in ipairs(ids) do
    local id = options.integer(number) or number
    local token = self._tokens[id + 1]
    if not token then
      core.raise(("TextVectorization:decode: %s is no number of a token, they are 0 to %d"):format(
        options.describe(id), #self._tokens - 1))
    end
    if token ~= PADDING then parts[#parts + 1] = token end
  end
  return table.concat(parts, self.split == "character" and "" or " ")
end

--- The text of numbers, or the list of texts of rows of numbers: tokens with blanks between (none between
--- characters), the padding left out.
--- @param ids tensor|table
--- @return string|string[]
function TextVectorization:decode(ids)
  if not self._tokens then core.raise "TextVectorization: call adapt or set_vocabulary first" end
  ids = data.tensor("TextVectorization:decode", "ids", ids)
  if ids.ndim == 0 then ids = ids:expand_dims(1) end
  if ids.ndim == 1 then return decode_row(self, ids:totable()) end
  if ids.ndim ~= 2 then
    core.raise(("TextVectorization:decode: ids have one or two axes, got %d"):format(ids.ndim))
  end
  local texts = {}
  for i, row in ipairs(ids:totable()) do texts[i] = decode_row(self, row) end
  return texts
end

-- the constructor ---------------------------------------------------------------------------------------------

local FIELDS = { "adapt", "encode", "decode", "get_vocabulary", "set_vocabulary", "vocabulary_size" }

local meta = { __name = "TextVectorization", __tostring = function(self)
  return ("<TextVectorization, %d tokens>"):format(self:vocabulary_size())
end }

function meta.__index(_, key)
  local method = TextVectorization[key]
  if method or type(key) == "string" and (key:sub(1, 1) == "_" or meta.arguments[key]) then return method end
  core.raise(("TextVectorization has no field '%s'%s"):format(tostring(key), options.hint(key, FIELDS)))
end

function meta.__fields() return FIELDS end

--- encode
function meta.__call(self, texts) return self:encode(texts) end

local SPEC = {
  { "max_tokens", "integer", nil, low = 3, doc = "the most tokens, \"\" and \"[UNK]\" included" },
  { "standardize", "string|function|boolean", "lower_and_strip_punctuation",
    choices = { { "lower_and_strip_punctuation" }, { "lower" }, { "strip_punctuation" } },
    doc = "what is done to a text first; a function from text to text; false: nothing" },
  { "split", "string|function|boolean", "whitespace", choices = { { "whitespace" }, { "character" } },
    doc = "what a token is; a function from text to a list; false: the whole text" },
  { "output_mode", "string", "int", choices = { { "int" }, { "multi_hot" }, { "count" } },
    doc = "numbers of tokens; whether each token comes; how often it comes" },
  { "output_sequence_length", "integer", nil, low = 1, doc = "rows are cut or filled up to this length" },
  { "vocabulary", "table", doc = "the tokens, instead of adapt" },
}
meta.arguments = {}
for _, entry in ipairs(SPEC) do meta.arguments[entry[1]] = true end

--- Texts as numbers: learn a vocabulary by adapt, then encode (or call it) and decode.
---
---     local vectorize = rl.utils.TextVectorization{ split = "character", standardize = false }
---     vectorize:adapt{ "hello" }
---     vectorize{ "hello", "he" } --> [[4 5 2 2 3]
---     --> [4 5 0 0 0]]
---     vectorize:decode{ 4, 5, 2 } --> hel
--- @return textvectorization
function text.TextVectorization(...)
  local self = setmetatable(options.arguments("TextVectorization", SPEC, ...), meta)
  for _, name in ipairs { "standardize", "split" } do
    if self[name] == true then
      core.raise(("TextVectorization: argument '%s' must be a string, a function or false, got true"):format(name))
    end
  end
  if self.vocabulary then self:set_vocabulary(self.vocabulary) end
  return self
end

documented[text.TextVectorization] = { name = "TextVectorization", spec = SPEC, file = "lua/rnnlua/utils/text.lua",
  methods = TextVectorization }

return text
