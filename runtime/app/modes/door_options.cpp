#include "runtime/app/modes/door_options.h"

#include "runtime/app/modes/make_log.h"
#include "runtime/http/body_headers.h"

namespace tideline::modes {

http::HttpServer::Options door_options(const config::Config& config, const wire::Endpoint& at,
                                       http::Admission& admission, Budget& budget, const Log& log) {
  return {.host = at.host,
          .port = at.port,
          .max_body = config.http.max_body,
          .workers = config.http.workers,
          .queue = static_cast<std::size_t>(config.http.queue),
          .admission = &admission,
          .budget = &budget,
          .aligned = http::tensors_begin,
          .access = make_access_log(config, log)};
}

}  // namespace tideline::modes
