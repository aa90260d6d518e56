--- Keeps a new session, or a new API token, of one person, and holds the person to a number of them.
---
--- rules: SE-LIMIT SE-EPOCH
--- KEYS:
---   record: string; the new record, which must not exist
---   index: hash; id of each record of the person to its creation, epoch ms
---   epoch: string; counts how often everything of this person was ended at once
--- ARGV:
---   id: text; id of the new record within the person's
---   text: text; the record
---   ttlMs: int; how long it is kept at most
---   createdAt: int; epoch ms on the caller's clock
---   epochSeen: int; the person's epoch the record was made for
---   recordsMax: int; how many the person may have, this one included
---   prefix: text; what the keys of the person's records begin with
---   whenFull: text; `evict` ends the oldest, `refuse` refuses the new one
--- RETURNS:
---   opened: evicted:list; kept; these older ones were ended for it
--- REFUSES:
---   epoch_changed: epoch:int; everything of this person was ended meanwhile
---   full: count:int; the person has that many, and none is ended for this one
---   taken: count:int; there is a record of that id
--- FLAGS: none
--- EVENTS: none
--- COST: O(records of the person)
--- @include "int_text"
--- @include "live_records"
local function open_session(keys, args)
  -- Load.
  local epoch = redis.call('GET', keys[3]) or '0'
  local live, dead = live_records(keys[2], args[7])
  local is_taken = redis.call('EXISTS', keys[1]) == 1

  -- Refuse.
  if epoch ~= args[5] then return { 'status', 'epoch_changed', 'epoch', epoch } end
  if is_taken then return { 'status', 'taken', 'count', int_text(#live) } end
  local over = #live + 1 - tonumber(args[6])
  if over > 0 and args[8] ~= 'evict' then return { 'status', 'full', 'count', int_text(#live) } end

  -- First write.
  for i = 1, #dead do redis.call('HDEL', keys[2], dead[i]) end
  local evicted = {}
  for i = 1, over do
    evicted[i] = live[i].id
    redis.call('DEL', args[7] .. live[i].id)
    redis.call('HDEL', keys[2], live[i].id)
  end
  redis.call('SET', keys[1], args[2], 'PX', args[3])
  redis.call('HSET', keys[2], args[1], args[4])
  if redis.call('PTTL', keys[2]) < tonumber(args[3]) then redis.call('PEXPIRE', keys[2], args[3]) end
  return { 'status', 'opened', 'evicted', evicted }
end
