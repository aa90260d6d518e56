--- Creates or changes one account: its record and the login name that belongs to it alone, atomically.
---
--- rules: AC-UID AC-LOGIN
--- KEYS:
---   all: hash; uid to `<version>|<json>`
---   logins: hash; canonical login name to uid
--- ARGV:
---   doorbell: text; PUBLISH, SPUBLISH, or NONE
---   channel: text; where every process hears of it
---   uid: text; the account
---   version: int; the version the change was decided on; 0 creates
---   json: text; the new record
---   login: text; canonical login name from now on; empty for none
---   formerLogin: text; canonical login name until now; empty for none
--- RETURNS:
---   put: version:int; it is so
--- REFUSES:
---   changed: version:int; the account has another version (0: there is none)
---   taken: owner; the login name belongs to that account
--- FLAGS: none
--- EVENTS: doorbell `<uid>`
--- COST: O(1)
--- @include "int_text"
--- @include "ring_doorbell"
local function put_account(keys, args)
  -- Parse.
  local uid, version, login, former = args[3], tonumber(args[4]), args[6], args[7]

  -- Load.
  local record = redis.call('HGET', keys[1], uid)
  local present = record and tonumber(string.match(record, '^(%d+)|')) or 0
  local owner = login ~= '' and redis.call('HGET', keys[2], login)
  local former_owner = former ~= '' and redis.call('HGET', keys[2], former)

  -- Refuse.
  if present ~= version then return { 'status', 'changed', 'version', int_text(present) } end
  if owner and owner ~= uid then return { 'status', 'taken', 'owner', owner } end

  -- First write.
  local text = int_text(version + 1)
  redis.call('HSET', keys[1], uid, text .. '|' .. args[5])
  if former ~= login and former_owner == uid then redis.call('HDEL', keys[2], former) end
  if login ~= '' then redis.call('HSET', keys[2], login, uid) end
  ring_doorbell(args[1], args[2], uid)
  return { 'status', 'put', 'version', text }
end
