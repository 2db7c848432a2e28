// Admission: the requests that wait for a worker of an HTTP server, and how many were refused, by reason.
//
// The reasons are those of runtime/base/refusal_reasons.h. Thread-safe.
#pragma once

#include "runtime/base/log.h"
#include "runtime/base/refusals.h"
#include "runtime/http/waiting_requests.h"

#include <utility>

namespace tideline::http {

struct Admission {
  Admission(const WaitingRequests::Options& options, Log log) : waiting(options), refused(std::move(log)) {}

  WaitingRequests waiting;
  Refusals refused;
};

}  // namespace tideline::http
