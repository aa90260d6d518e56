/**
 * The peer of `commit`: by hand, the same writes with the same contents and nothing else. No deadline, idempotency,
 * epoch, fork, schema, type or version check; no refusal; the caller is believed in everything.
 *
 * It is given the arguments of `commit` as they are, so that both receive the same bytes. `minimal_commit` computes
 * the sequence and the history hash, since they are contents of the writes; `bare_commit` leaves the hash out.
 */
export const minimalLibrary = `#!lua name=minimal
local function make(keys, args, hashed)
  local meta, ent, log, idem, aud = keys[1], keys[2], keys[3], keys[4], keys[5]
  local known = redis.call('HMGET', meta, 'epoch', 'seq', 'c')
  local epoch, p, chain = known[1], known[2] or '0', known[3] or ''
  local q = string.format('%.0f', tonumber(p) + 1)
  if not epoch then
    epoch = args[7]
    redis.call('HSET', meta, 'epoch', epoch, 'schema', 1)
  end
  local frame = args[12]
  if hashed then chain = string.sub(redis.sha1hex(chain .. q .. frame), 1, 32) else chain = args[5] end
  local at = 16 + 2 * tonumber(args[14])
  local sets = {}
  for i = 1, tonumber(args[at]) do
    sets[#sets + 1] = args[at + 2 * i - 1]
    sets[#sets + 1] = q .. '|' .. args[at + 2 * i]
  end
  redis.call('HSET', ent, unpack(sets))
  local id = redis.call('XADD', log, '*', 'q', q, 'c', chain, 'f', frame)
  local t = string.match(id, '^%d+')
  redis.call('HSET', meta, 'seq', q, 'c', chain, 'id', id, 't', t)
  redis.call('XADD', aud, '*', 'q', q, 'o', args[10], 'f', args[13])
  local n = args[4]
  redis.call('HSET', idem, 'lmid', n, n, args[5] .. '|' .. q .. '|' .. args[11])
  if tonumber(n) > 256 then redis.call('HDEL', idem, string.format('%.0f', n - 256)) end
  redis.call('PEXPIRE', idem, 259200000)
  redis.call('PUBLISH', args[2], epoch .. ' ' .. q .. ' ' .. p .. ' ' .. chain .. ' ' .. id .. ' ' .. t .. '\\n' .. frame)
  return { 'status', 'committed', 'epoch', epoch, 'seq', q, 'chain', chain, 'id', id, 't', t }
end

redis.register_function('minimal_commit', function(keys, args) return make(keys, args, true) end)
redis.register_function('bare_commit', function(keys, args) return make(keys, args, false) end)
`;
