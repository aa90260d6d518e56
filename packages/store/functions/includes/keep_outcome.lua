-- Keeps the outcome of command n, the last 256 of them, for 72 hours after the last command.
local function keep_outcome(idem, n, n_text, outcome)
  redis.call('HSET', idem, 'lmid', n_text, n_text, outcome)
  if n > 256 then redis.call('HDEL', idem, int_text(n - 256)) end
  -- As text: a number would be formatted anew on every commit.
  redis.call('PEXPIRE', idem, '259200000')
end
