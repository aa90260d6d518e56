-- Keeps the outcome of command n, the last 256 of them, for 72 hours after the last command.
local function keep_outcome(idem, n, n_text, outcome)
  redis.call('HSET', idem, 'lmid', n_text, n_text, outcome)
  if n > 256 then redis.call('HDEL', idem, n - 256) end
  redis.call('PEXPIRE', idem, 259200000)
end
