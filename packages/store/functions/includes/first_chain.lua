-- Histories that begin apart must never look alike, so the chain starts from the random epoch.
local function first_chain(epoch)
  return string.sub(redis.sha1hex(epoch), 1, 32)
end
