-- Walks a file of encoded queries. Arguments: the file, the path with its parameter ("/sparql?query="), the number
-- to begin with, 1 where every request is to differ, and the Accept header.
-- A request differs by a comment at the end of the query, which no server may take for another meaning.
local threads = 0
local texts = {}
local place, serial, unique, head, tail

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  for line in io.lines(arguments[1]) do texts[#texts + 1] = line end
  unique = arguments[4] == "1"
  serial = tonumber(arguments[3]) + number * 100000000
  place = serial * 7919 % #texts
  head = "GET " .. arguments[2]
  tail = " HTTP/1.1\r\nHost: " .. wrk.host .. ":" .. wrk.port .. "\r\nAccept: " .. arguments[5] .. "\r\n\r\n"
end

function request()
  place = place % #texts + 1
  if not unique then return head .. texts[place] .. tail end
  serial = serial + 1
  return head .. texts[place] .. "%0A%23" .. serial .. tail
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'FIGURES {"requests": %d, "microseconds": %d, "refused": %d, "broken": %d, "p50": %d, "p99": %d}\n',
    summary.requests, summary.duration, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout, latency:percentile(50), latency:percentile(99)))
end
