-- Tells followers. Guarded: an ACL that forbids PUBLISH must not turn a made commit into an error.
local function ring_doorbell(command, channel, message)
  if command == 'PUBLISH' or command == 'SPUBLISH' then redis.pcall(command, channel, message) end
end
