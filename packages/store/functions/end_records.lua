--- Ends every session of a person but one: the records go, and the person's epoch moves on, so that a copy of Redis
--- that brings an old record back brings back nothing that counts.
---
--- rules: SE-END SE-EPOCH
--- KEYS:
---   index: hash; id of each record of the person to its creation
---   epoch: string; counts how often everything of this person was ended at once
--- ARGV:
---   prefix: text; what the keys of the person's records begin with
---   epochSeen: int; the epoch the caller read
---   keepId: text; id of the record that stays; empty for none
---   keepExpected: text; what the caller read as that record
---   keepText: text; the same record made for the next epoch
---   keepTtlMs: int; how long that is kept at most
--- RETURNS:
---   ended: epoch:int ids:list; the new epoch, and what was ended
--- REFUSES:
---   changed: epoch:int; the epoch or the record that should stay is another by now
--- FLAGS: none
--- EVENTS: none
--- COST: O(records of the person)
--- @include "int_text"
local function end_records(keys, args)
  -- Load.
  local epoch = redis.call('GET', keys[2]) or '0'
  local ids = redis.call('HKEYS', keys[1])
  local keep = args[3]
  local kept = keep ~= '' and redis.call('GET', args[1] .. keep)

  -- Refuse.
  if epoch ~= args[2] then return { 'status', 'changed', 'epoch', epoch } end
  if keep ~= '' and kept ~= args[4] then return { 'status', 'changed', 'epoch', epoch } end

  -- First write.
  local next_epoch = redis.call('INCR', keys[2])
  local ended = {}
  for i = 1, #ids do
    if ids[i] ~= keep then
      redis.call('DEL', args[1] .. ids[i])
      redis.call('HDEL', keys[1], ids[i])
      ended[#ended + 1] = ids[i]
    end
  end
  if keep ~= '' then redis.call('SET', args[1] .. keep, args[5], 'PX', args[6]) end
  return { 'status', 'ended', 'epoch', int_text(next_epoch), 'ids', ended }
end
