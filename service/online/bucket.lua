-- Take from a token bucket. KEYS the bucket; ARGV now (ms), capacity, tokens a minute, cost.
-- The value is "tokens time"; a time later than now comes from a clock that went backwards: then nothing trickled in.
-- Whoever asks for more than fits waits for a full bucket and leaves a debt. Returns the ms to wait, 0: taken.
local now, capacity, rate, cost = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]) / 60000, tonumber(ARGV[4])
local held = redis.call('MGET', KEYS[1])[1] or ''
local tokens, time = held:sub(1, 64):match('^(%-?[%d.]+) (%d+)$')
tokens = tonumber(tokens) or capacity
tokens = math.min(capacity, tokens + math.max(now - (tonumber(time) or now), 0) * rate)
local wait = math.max(math.min(cost, capacity) - tokens, 0) / rate
if wait == 0 then tokens = tokens - cost end
local life = math.ceil((capacity - tokens) / rate) + 1000
redis.call('SET', KEYS[1], string.format('%.3f %.0f', tokens, now), 'PX', math.min(life, ARGV[5] * 1000))
return math.ceil(wait)
