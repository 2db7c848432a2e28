// The values of settings: reads each from its text, as in a config file, a flag or the environment.
//
//     const Result<Shard> shard = parse_shard("2/4");
//
// Every function returns invalid with what may be written instead, and without the setting's name. Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/app/config/config.h"
#include "runtime/base/result.h"
#include "runtime/base/time.h"
#include "runtime/wire/endpoint.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::config {

// A whole number within these bounds.
Result<std::int64_t> parse_integer(std::string_view text, std::int64_t least, std::int64_t most);

Result<bool> parse_bool(std::string_view text);

// "6.5 W"
Result<double> parse_watts(std::string_view text);

// "10.0.0.2:7070,10.0.0.3:7070"; at least one, and none twice.
Result<std::vector<wire::Endpoint>> parse_peers(std::string_view text);

// At least 100 ms: a connection that is replaced too often carries no requests.
Result<Duration> parse_reconnect(std::string_view text);

// From 100 ms, below which some paths never connect, to 5 min.
Result<Duration> parse_connect_timeout(std::string_view text);

// At most a day.
Result<Duration> parse_queue_time(std::string_view text);

// "fp32,q4"; at least one, and none twice.
Result<std::vector<plan::Codec>> parse_codecs(std::string_view text);

// The level of the log: "debug" to "error", or "off".
Result<std::string> parse_level(std::string_view text);

// "text" or "json"
Result<LogForm> parse_log_form(std::string_view text);

// "2/4": the second of four.
Result<Shard> parse_shard(std::string_view text);

// "3 %": more than nothing.
Result<double> parse_interval(std::string_view text);

Result<ProgressForm> parse_progress(std::string_view text);

// "useful", "all", or indices as "0,3,7".
Result<std::string> parse_cuts(std::string_view text);

}  // namespace tideline::config
