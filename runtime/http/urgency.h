// Urgency: how long a request's answer may take, and its priority, as its client asks.
//
// The names and values are those of Triton's schedule policy extension (docs/protocol/extension_schedule_policy.md),
// but `timeout` is the time until the answer. They stand in the JSON of a body, or in the query of its URL. Pure
// functions.
#pragma once

#include "runtime/base/priority.h"
#include "runtime/base/result.h"
#include "runtime/base/time.h"
#include "runtime/http/http_server.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace tideline::http {

struct Urgency {
  std::optional<Duration> timeout;   // Absent: the usual one, or it is so long that it never matters.
  std::optional<Priority> priority;  // Absent: the model's.

  TimePoint deadline(TimePoint received) const { return timeout ? received + *timeout : TimePoint::max(); }
};

// They return invalid, with a sentence for the client, if a value is not a whole number, or a timeout is 0.
Result<Urgency> urgency_of_parameters(const nlohmann::json& parameters);
// Of a query as it stands in the URL, after the question mark. Also invalid if a name occurs twice.
Result<Urgency> urgency_of_query(std::string_view query);

// What a glance tells of a request before its turn: of JSON only the first kGlance bytes are read, and what is wrong
// counts as absent.
inline constexpr std::size_t kGlance = std::size_t{16} << 10;
struct Glance {
  Urgency urgency;
  bool forces = false;  // Its plan.
};
Glance glance(const HttpRequest& request);

}  // namespace tideline::http
