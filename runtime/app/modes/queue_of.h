// The queue of requests that the config asks for, and the places of a model's requests in it. Pure functions.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/app/modes/find_for.h"
#include "runtime/http/waiting_requests.h"

#include <cstddef>
#include <string>

namespace tideline::modes {

inline http::WaitingRequests::Options queue_of(const config::Config& config) {
  return {.most = static_cast<std::size_t>(config.http.queue), .longest = config.http.queue_time};
}

// Of requests that bring none.
inline Priority priority_of(const config::Config& config, const std::string& model) {
  const Priority* const given = find_for(config.priorities, model);
  return given ? *given : kUsualPriority;
}

}  // namespace tideline::modes
