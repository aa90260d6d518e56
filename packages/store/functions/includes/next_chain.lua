-- The history hash after one more entry: it names the whole prefix, not only the position.
local function next_chain(chain, seq, frame)
  return string.sub(redis.sha1hex(chain .. seq .. frame), 1, 32)
end
