#include "runtime/app/modes/door.h"

namespace tideline::modes {

bool watch_door(http::HttpServer& http, http::Service& service, TimePoint now, const Log& log) {
  const bool accepts = http.accepts(now);
  if (service.set_accepting(accepts) == accepts) return accepts;
  if (accepts)
    log->info("http: connections are accepted again");
  else
    log->error("http: accepts no more connections, not even the agent's own; restart the agent");
  return accepts;
}

}  // namespace tideline::modes
