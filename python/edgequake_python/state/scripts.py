"""The Lua scripts that make each operation on Redis atomic, and one round trip.

A candidate is a hash: ``w`` the window that ``u1``, ``u2``, ... (charged) and ``x`` (failures) belong to,
``c`` the end of its rest in milliseconds, ``k`` its strikes, ``l`` its latencies, ``a`` their mean. Its
slots are a sorted set: leases by the millisecond they expire at. So are the holds of a budget, whose names
end in the amount. Time is Redis's own, so that machines need not agree.
"""

from __future__ import annotations

from .interface import ROUNDING

#: How long Redis keeps a candidate nobody asks for: longer than any latency counts, in milliseconds.
_KEPT = 3_700_000

_TIME = """
if redis.replicate_commands then redis.replicate_commands() end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function exact(number) return string.format('%.17g', number) end
"""

#: KEYS: the hash of each candidate, then the slots of each. ARGV: preference, lease, its milliseconds,
#: seconds in a window, number of amounts, the amounts; for each candidate: counted, slots, limits ('-' for
#: none). Returns: its place (0 for none), window, struck, leased; then what kept those before it from it.
CHOOSE = f"""{_TIME}
local size, wide = #KEYS / 2, tonumber(ARGV[5])
local window = math.floor(now / 1000 / ARGV[4])
local fields = {{'w', 'c', 'k', 'a'}}
for i = 1, wide do fields[4 + i] = 'u' .. i end
local best, score, taken
local reports = {{}}
for i = 1, size do
  local at = 5 + wide + (i - 1) * (wide + 2)
  local known = redis.call('HMGET', KEYS[i], unpack(fields))
  local rest = tonumber(known[2] or 0) - now
  local slots, flying = tonumber(ARGV[at + 2]), 0
  local why
  if rest > 0 then why = 'r' .. rest end
  local used = {{}}
  if not why then
    local current = tonumber(known[1] or -1) == window
    for j = 1, wide do
      used[j] = (current and tonumber(known[4 + j] or 0) or 0) + ARGV[5 + j]
      local limit = ARGV[at + 2 + j]
      if limit ~= '-' and used[j] > tonumber(limit) then
        why = 's' .. math.floor((window + 1) * ARGV[4] * 1000 - now)
      end
    end
  end
  if not why and ARGV[at + 1] == '1' then
    redis.call('ZREMRANGEBYSCORE', KEYS[size + i], '-inf', now)
    flying = redis.call('ZCARD', KEYS[size + i])
    if slots >= 0 and flying >= slots then why = 'f' end
  end
  if why then
    reports[#reports + 1] = i .. why
  else
    local mine = 0
    if ARGV[1] == 'idle' then mine = flying
    elseif ARGV[1] == 'spare' then mine = used[2] or 0
    elseif ARGV[1] == 'fast' then mine = tonumber(known[4] or 0) end
    if not best or mine < score then
      best, score, taken = i, mine, {{used, known[3]}}
    end
    if ARGV[1] == 'first' then break end
  end
end
if not best then return {{0, window, 0, 0, unpack(reports)}} end
local used = taken[1]
local set = {{'w', window}}
for j = 1, wide do set[#set + 1] = 'u' .. j; set[#set + 1] = exact(used[j]) end
if tonumber(redis.call('HGET', KEYS[best], 'w') or -1) ~= window then
  set[#set + 1] = 'x'; set[#set + 1] = 0
end
redis.call('HSET', KEYS[best], unpack(set))
redis.call('PEXPIRE', KEYS[best], {_KEPT})
local leased = ARGV[5 + wide + (best - 1) * (wide + 2) + 1] == '1'
if leased then
  redis.call('ZADD', KEYS[size + best], now + ARGV[3], ARGV[2])
  redis.call('PEXPIRE', KEYS[size + best], ARGV[3] * 2)
end
local struck = tonumber(taken[2] or 0) > 0
return {{best, window, struck and 1 or 0, leased and 1 or 0, unpack(reports)}}
"""

#: KEYS: the hash and the slots. ARGV: lease or '', window of the grant, seconds in a window, ok ('1', '0',
#: ''), latency or '', history, rule ('' or: '1' for immediate, '0'), allowed (-1: none), share, minimum,
#: duration, longest, asked (-1: none), the last three in milliseconds; then the corrections of what was
#: charged. Returns the milliseconds of rest left.
SETTLE = f"""{_TIME}
local window = math.floor(now / 1000 / ARGV[3])
if ARGV[1] ~= '' then redis.call('ZREM', KEYS[2], ARGV[1]) end
local known = redis.call('HMGET', KEYS[1], 'w', 'c', 'k', 'x', 'u1', 'l')
local current = tonumber(known[1] or -1) == window
local set = {{}}
local function put(name, value) set[#set + 1] = name; set[#set + 1] = value end
local calls = current and tonumber(known[5] or 0) or 0
if current and tonumber(ARGV[2]) == window then
  for j = 14, #ARGV do
    if ARGV[j] ~= '0' then
      local name = 'u' .. (j - 13)
      local total = tonumber(redis.call('HGET', KEYS[1], name) or 0) + ARGV[j]
      put(name, exact(math.max(0, total)))
    end
  end
end
if ARGV[5] ~= '' then
  local kept, sum = {{ARGV[5]}}, tonumber(ARGV[5])
  for value in string.gmatch(known[6] or '', '[^,]+') do
    if #kept >= tonumber(ARGV[6]) then break end
    kept[#kept + 1] = value
    sum = sum + tonumber(value)
  end
  put('l', table.concat(kept, ','))
  put('a', exact(sum / #kept))
end
local ends, strikes = tonumber(known[2] or 0), tonumber(known[3] or 0)
if ARGV[4] == '1' then
  if strikes > 0 then put('k', 0) end
elseif ARGV[7] ~= '' then
  local failed = (current and tonumber(known[4] or 0) or 0) + 1
  if calls == 0 then calls = failed end
  put('w', window)
  put('x', failed)
  if not current then
    for j = 14, #ARGV do put('u' .. (j - 13), 0) end
  end
  local due
  if tonumber(ARGV[8]) >= 0 then due = failed > tonumber(ARGV[8])
  else due = ARGV[7] == '1' or (calls >= tonumber(ARGV[10]) and failed > ARGV[9] * calls) end
  if due then
    if ends > now then strikes = math.max(0, strikes - 1) end
    local rest = tonumber(ARGV[13])
    if rest < 0 then
      rest = math.min(ARGV[11] * 2 ^ math.min(strikes, 30), math.max(tonumber(ARGV[12]), tonumber(ARGV[11])))
    end
    if rest > 0 then
      put('k', strikes + 1)
      ends = math.max(ends, math.floor(now + rest))
      put('c', ends)
    end
  end
end
if #set > 0 then
  redis.call('HSET', KEYS[1], unpack(set))
  redis.call('PEXPIRE', KEYS[1], math.max({_KEPT}, ends - now))
end
return math.max(0, ends - now)
"""

#: What a process held that renews it no more is free again: taken off the sum, and forgotten. With it, the
#: notes of what was settled.
_FREED = f"""{_TIME}
local function current(total, holds)
  local known = redis.call('GET', total)
  if not known then
    redis.call('DEL', holds)
    return nil
  end
  local gone, free = redis.call('ZRANGEBYSCORE', holds, '-inf', now, 'LIMIT', 0, 1000), 0
  for i = 1, #gone do
    free = free + (tonumber(string.match(gone[i], '|(.*)$')) or 0)
    redis.call('ZREM', holds, gone[i])
  end
  if free > 0 then known = redis.call('INCRBYFLOAT', total, exact(-free)) end
  return math.max(0, tonumber(known))
end
"""

#: KEYS: sums, one for each hold; then who holds how much of each. ARGV: the reservation's name, the
#: milliseconds it lives without being renewed; then amount, limit and period ('-' for ever) of each, the
#: period in milliseconds. Returns nothing when all were taken, else the place of the first that does not fit,
#: what was spent, and the milliseconds until its period ends (below 0: never).
RESERVE = f"""{_FREED}
local size, wanted = #KEYS / 2, {{}}
for i = 1, size do
  local before = (current(KEYS[i], KEYS[size + i]) or 0) + (wanted[KEYS[i]] or 0)
  local amount, limit = tonumber(ARGV[i * 3]), tonumber(ARGV[i * 3 + 1])
  if before >= limit or before + amount > limit * {ROUNDING!r} then
    return {{i, exact(before), redis.call('PTTL', KEYS[i])}}
  end
  wanted[KEYS[i]] = (wanted[KEYS[i]] or 0) + amount
end
for i = 1, size do
  local fresh = redis.call('EXISTS', KEYS[i]) == 0
  redis.call('INCRBYFLOAT', KEYS[i], ARGV[i * 3])
  redis.call('ZADD', KEYS[size + i], now + ARGV[2], ARGV[1] .. '.' .. i .. '|' .. ARGV[i * 3])
  if fresh and ARGV[i * 3 + 2] ~= '-' then
    redis.call('PEXPIRE', KEYS[i], ARGV[i * 3 + 2])
    redis.call('PEXPIRE', KEYS[size + i], ARGV[i * 3 + 2])
  end
end
return {{}}
"""

#: KEYS: as above. ARGV: the reservation's name, the milliseconds that it is known to be settled; then what
#: was held, what was spent, the period, of each. What is told twice counts once.
ADJUST = f"""{_FREED}
local size = #KEYS / 2
for i = 1, size do
  local total, holds = KEYS[i], KEYS[size + i]
  local name = ARGV[1] .. '.' .. i .. '|'
  local known = current(total, holds)
  if not redis.call('ZSCORE', holds, name .. '-') then
    local held, real, period = ARGV[i * 3], tonumber(ARGV[i * 3 + 1]), ARGV[i * 3 + 2]
    local sum = (known or 0) + real
    if redis.call('ZREM', holds, name .. held) == 1 then sum = math.max(0, sum - tonumber(held)) end
    local left = redis.call('PTTL', total)
    if left <= 0 and not known and period ~= '-' then left = tonumber(period) end
    if left > 0 then redis.call('SET', total, exact(sum), 'PX', left)
    else redis.call('SET', total, exact(sum)) end
    redis.call('ZADD', holds, now + ARGV[2], name .. '-')
    if left > 0 then redis.call('PEXPIRE', holds, left) end
  end
end
return 0
"""

#: KEYS: a sum, and who holds how much of it. Returns the sum as text.
SPENT = f"""{_FREED}
return exact(current(KEYS[1], KEYS[2]) or 0)
"""

#: KEYS: one. ARGV: what to add, milliseconds to live or '-'. Returns the sum as text.
INCREMENT = """
local fresh = redis.call('EXISTS', KEYS[1]) == 0
local total = redis.call('INCRBYFLOAT', KEYS[1], ARGV[1])
if fresh and ARGV[2] ~= '-' then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return total
"""

#: KEYS: slots, or holds. ARGV: milliseconds a lease lives, leases. One that has expired, or was given back,
#: stays away.
RENEW = f"""{_TIME}
for i = 2, #ARGV do redis.call('ZADD', KEYS[1], 'XX', now + ARGV[1], ARGV[i]) end
local left = redis.call('PTTL', KEYS[1])
if left >= 0 and left < ARGV[1] * 2 then redis.call('PEXPIRE', KEYS[1], ARGV[1] * 2) end
return 0
"""
