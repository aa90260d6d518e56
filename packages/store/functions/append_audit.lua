--- Appends audit entries of reads, batched: a read is answered only after its entry is kept.
---
--- rules: BL-AUDIT
--- KEYS:
---   aud: stream; audit trail
--- ARGV:
---   seq: int; board position that was read
---   entries: list; JSON of each entry, without patient data
--- RETURNS:
---   appended: lastId count:int; all entries are kept
--- REFUSES:
---   none
--- FLAGS: none
--- EVENTS: none
--- COST: O(entries), at most 500
--- @include "take_list"
local function append_audit(keys, args)
  -- Parse.
  local entries = take_list(args, 2)

  -- Load.
  redis.call('XLEN', keys[1])

  -- Refuse.
  if #entries == 0 or #entries > 500 then return redis.error_reply('ERR append_audit takes 1 to 500 entries') end

  -- First write.
  local last
  for i = 1, #entries do last = redis.call('XADD', keys[1], '*', 'q', args[1], 'o', 'read', 'f', entries[i]) end
  return { 'status', 'appended', 'lastId', last, 'count', tostring(#entries) }
end
