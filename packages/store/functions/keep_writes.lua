--- Keeps entries of a board's outbox and how far it has followed the board, all or nothing, provided that the holder's
--- fence is still the newest: what a holder that stood still sends after another took over is refused.
---
--- rules: WB-LEASE
--- KEYS:
---   writes: hash; outbox of the board
--- ARGV:
---   holder: text; the process and its try
---   fence: int; as it was given
---   isLast: int; 1 to give the right back with it
---   cursor: text; `<epoch> <seq>` of the board that the entries follow
---   lifeMs: int; how long the outbox is kept from now
---   set: pairs; visit id and its entry as JSON without patient data
---   drop: list; visit ids
--- RETURNS:
---   kept: fence:int; it is so
--- REFUSES:
---   lost: fence:int; another holder has taken over
--- FLAGS: none
--- EVENTS: none
--- COST: O(entries)
--- @include "int_text"
--- @include "take_list"
local function keep_writes(keys, args)
  -- Parse.
  local set, at = take_list(args, 6, 2)
  local drop = take_list(args, at)

  -- Load.
  local s = redis.call('HMGET', keys[1], 'fence', 'holder')
  local fence = s[1] or '0'

  -- Refuse.
  if fence ~= args[2] or s[2] ~= args[1] then return { 'status', 'lost', 'fence', fence } end

  -- First write.
  redis.call('HSET', keys[1], 'cur', args[4])
  for i = 1, #set, 2 do redis.call('HSET', keys[1], 'e:' .. set[i], set[i + 1]) end
  for i = 1, #drop do redis.call('HDEL', keys[1], 'e:' .. drop[i]) end
  if args[3] == '1' then redis.call('HSET', keys[1], 'until', '0') end
  redis.call('PEXPIRE', keys[1], args[5])
  return { 'status', 'kept', 'fence', fence }
end
