-- What the idempotency record answers for command n; nil when n is the next one and must be decided.
-- A stored outcome is `<paramhash>|<seq>|<json>`.
local function recall_outcome(idem, n, n_text, param_hash)
  local last = tonumber(redis.call('HGET', idem, 'lmid') or '0')
  if n == last + 1 then return nil end
  if n > last then return { 'status', 'gap', 'expected', int_text(last + 1) } end
  local kept = redis.call('HGET', idem, n_text)
  if not kept then return { 'status', 'expired', 'lmid', int_text(last) } end
  local hash, seq, outcome = string.match(kept, '^(%x+)|(%d+)|(.*)$')
  if hash ~= param_hash then return { 'status', 'mismatch', 'lmid', int_text(last) } end
  return { 'status', 'duplicate', 'seq', seq, 'outcome', outcome }
end
