-- One round trip for a group of listings: what is known of sellers, titles and listings, then what is new.
-- KEYS  every key of the group, once
-- ARGV  now (ms), lives of seller, title and listing keys (s), then for every listing
--       whether it counts (1 or 0), the seller's digest, the price ("" = none),
--       places in KEYS: listing, seller (0 = none), number of bands, bands
-- Values are text; what does not read like ours is as if it were not there, and is written anew.
-- A time later than now comes from a clock that went backwards: it is taken for now.
local MINUTES, HOUR, DAY, WEEK, MONTH = 300000, 3600000, 86400000, 604800000, 2592000000
local SELLERS, LONGEST = 64, 8192
local now = tonumber(ARGV[1])
local lives = {s = ARGV[2], t = ARGV[3], l = ARGV[4]}
local held, changed = {}, {}
local found = redis.call('MGET', unpack(KEYS))
for place, value in ipairs(found) do
  held[place] = value and #value <= LONGEST and value or ''
end

local function past(time)
  time = tonumber(time)
  return (time and time < now) and time or now
end

local function store(place, kind, value)
  held[place] = value
  changed[place] = kind
end

-- "first total|bucket:count bucket:count|hour:count hour:count"
local function seller(place, new, counts)
  local first, total, fresh, slow = held[place]:match('^(%d+) (%d+)|([%d: ]*)|([%d: ]*)$')
  first, total = past(first), tonumber(total) or 0
  local windows = {}
  for kind, told in pairs({[MINUTES] = fresh or '', [HOUR] = slow or ''}) do
    local current, kept = math.floor(now / kind), {}
    local oldest = current - (kind == MINUTES and HOUR or WEEK) / kind
    for bucket, count in told:gmatch('(%d+):(%d+)') do
      bucket = math.min(tonumber(bucket), current)
      if bucket >= oldest then kept[bucket] = (kept[bucket] or 0) + tonumber(count) end
    end
    if new then kept[current] = (kept[current] or 0) + 1 end
    windows[kind] = kept
  end
  if new then total = total + 1 end
  local hour, day, week, today = 0, 0, 0, math.floor(now / HOUR) - DAY / HOUR
  local texts = {}
  for kind, kept in pairs(windows) do
    local parts = {}
    for bucket, count in pairs(kept) do
      parts[#parts + 1] = string.format('%.0f:%.0f', bucket, count)
      if kind == MINUTES then hour = hour + count else
        week = week + count
        if bucket >= today then day = day + count end
      end
    end
    texts[kind] = table.concat(parts, ' ')
  end
  if counts then
    store(place, 's', string.format('%.0f %.0f|%s|%s', first, total, texts[MINUTES], texts[HOUR]))
  end
  if total < 2 then return '-' end
  return string.format('%.0f %.0f %.0f %.0f %.0f', hour, day, week, total, (now - first) / 1000)
end

-- "first|seller:time:price seller:time:price", the newest sellers last
local function title(bands, who, price, counts)
  local others, since = {}, now
  for _, place in ipairs(bands) do
    local first, told = held[place]:match('^(%d+)|(.*)$')
    local kept, alone = {}, true
    for name, time, asked in (told or ''):gmatch('(%x+):(%d+):([%d.]*)') do
      if name ~= who then
        time = past(time)
        kept[#kept + 1] = {name, time, asked}
        alone = false
        local before = others[name]
        if not before or before[1] < time then others[name] = {time, tonumber(asked)} end
      end
    end
    if not alone then since = math.min(since, past(first)) end
    if counts and who ~= '' then
      kept[#kept + 1] = {who, now, price}
      local parts = {}
      for i = math.max(1, #kept - SELLERS + 1), #kept do
        parts[#parts + 1] = string.format('%s:%.0f:%s', kept[i][1], kept[i][2], kept[i][3])
      end
      store(place, 't', string.format('%.0f|%s', past(first), table.concat(parts, ' ')))
    end
  end
  local day, week, any, prices = 0, 0, false, {}
  for _, seen in pairs(others) do
    any = true
    if now - seen[1] <= WEEK then
      week = week + 1
      if now - seen[1] <= DAY then day = day + 1 end
      if seen[2] then prices[#prices + 1] = seen[2] end
    end
  end
  if not any then return '-' end
  table.sort(prices)
  local middle = '-'
  if #prices > 0 then
    middle = string.format('%.2f', (prices[math.ceil(#prices / 2)] + prices[math.floor(#prices / 2) + 1]) / 2)
  end
  return string.format('%.0f %.0f %.0f %s', day, week, (now - since) / 1000, middle)
end

-- "first highest since"
local function listing(place, price, counts)
  local first, highest, since = held[place]:match('^(%d+) ([%d.]*) (%d+)$')
  local new, asked, most = first == nil, tonumber(price), tonumber(highest)
  local earlier = (most and asked and most ~= asked) and string.format('%.2f', most) or '-'
  if asked and (not most or asked >= most or now - past(since) > MONTH) then
    highest, since = price, now
  end
  if counts then
    store(place, 'l', string.format('%.0f %s %.0f', past(first), highest or '', past(since)))
  end
  return new, earlier
end

local answers, at = {}, 5
while at <= #ARGV do
  local counts, who, price = ARGV[at] == '1', ARGV[at + 1], ARGV[at + 2]
  local own, shop, many = tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]), tonumber(ARGV[at + 5])
  local bands = {}
  for i = 1, many do bands[i] = tonumber(ARGV[at + 5 + i]) end
  at = at + 6 + many
  local new, earlier = listing(own, price, counts)
  local pace = shop > 0 and seller(shop, new, counts) or '-'
  answers[#answers + 1] = pace .. '|' .. title(bands, who, price, counts) .. '|' .. earlier
end
for place, kind in pairs(changed) do
  redis.call('SET', KEYS[place], held[place], 'EX', lives[kind])
end
return answers
