-- What the idempotency record answers for command n; nil when n is the next one and must be decided.
-- `row` is {lmid, stored outcome of n}; a stored outcome is `<paramhash>|<seq>|<json>`.
local function recall_outcome(row, n, param_hash)
  local last = tonumber(row[1] or '0')
  if n > last + 1 then return { 'status', 'gap', 'expected', int_text(last + 1) } end
  if n == last + 1 then return nil end
  if not row[2] then return { 'status', 'expired', 'lmid', int_text(last) } end
  local hash, seq, outcome = string.match(row[2], '^(%x+)|(%d+)|(.*)$')
  if hash ~= param_hash then return { 'status', 'mismatch', 'lmid', int_text(last) } end
  return { 'status', 'duplicate', 'seq', seq, 'outcome', outcome }
end
