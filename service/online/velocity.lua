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

-- "bucket:count bucket:count" with the new one and without those before the window; counts of window and last day
local function window(told, width, length, new)
  local current, latest, all, day, parts = math.floor(now / width), new and 1 or 0, 0, 0, {}
  for entry, bucket, count in told:gmatch('((%d+):(%d+))') do
    bucket, count = tonumber(bucket), tonumber(count)
    if bucket >= current then
      latest = latest + count
    elseif bucket >= current - length / width then
      parts[#parts + 1] = entry
      all = all + count
      if bucket >= current - DAY / width then day = day + count end
    end
  end
  if latest > 0 then parts[#parts + 1] = string.format('%.0f:%.0f', current, latest) end
  return table.concat(parts, ' '), all + latest, day + latest
end

-- "first total|by five minutes|by hours"
local function seller(place, new, counts)
  local first, total, fresh, slow = held[place]:match('^(%d+) (%d+)|([%d: ]*)|([%d: ]*)$')
  first, total = past(first), (tonumber(total) or 0) + (new and 1 or 0)
  local minutes, hour = window(fresh or '', MINUTES, HOUR, new)
  local hours, week, day = window(slow or '', HOUR, WEEK, new)
  if counts then store(place, 's', string.format('%.0f %.0f|%s|%s', first, total, minutes, hours)) end
  if total < 2 then return '-' end
  return string.format('%.0f %.0f %.0f %.0f %.0f', hour, day, week, total, (now - first) / 1000)
end

-- "first|seller:time:price seller:time:price", the newest sellers last
local function title(bands, who, price, counts)
  local others, since, read = {}, now, {}
  for _, place in ipairs(bands) do
    local before = held[place]
    if not read[before] then  -- a title that comes again left the same in all of its bands
      local first, told = before:match('^(%d+)|(.*)$')
      local kept = {}
      for entry, name, time, asked in (told or ''):gmatch('((%x+):(%d+):([%d.]*))') do
        if name ~= who then
          local at = past(time)
          kept[#kept + 1] = at < now and entry or string.format('%s:%.0f:%s', name, at, asked)
          local seen = others[name]
          if not seen or seen[1] < at then others[name] = {at, tonumber(asked)} end
        end
      end
      if #kept > 0 then since = math.min(since, past(first)) end
      kept[#kept + 1] = string.format('%s:%.0f:%s', who, now, price)
      read[before] = string.format('%.0f|', past(first)) .. table.concat(kept, ' ', math.max(1, #kept - SELLERS + 1))
    end
    if counts and who ~= '' then store(place, 't', read[before]) end
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
  redis.call('SETEX', KEYS[place], lives[kind], held[place])
end
return answers
