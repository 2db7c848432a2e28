// agent --serve: serves inference on the edge and moves the cut live.
#include "runtime/app/config/version.h"
#include "runtime/app/modes/certificate_watch.h"
#include "runtime/app/modes/door.h"
#include "runtime/app/modes/door_options.h"
#include "runtime/app/modes/edge.h"
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/fingerprint.h"
#include "runtime/app/modes/held_bounds.h"
#include "runtime/app/modes/link_security.h"
#include "runtime/app/modes/make_log.h"
#include "runtime/app/modes/modes.h"
#include "runtime/app/modes/notify.h"
#include "runtime/app/modes/queue_of.h"
#include "runtime/app/modes/reload.h"
#include "runtime/app/modes/signals.h"
#include "runtime/base/budget.h"
#include "runtime/base/descriptors.h"
#include "runtime/http/http_server.h"
#include "runtime/http/service.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <string>

namespace tideline::modes {
namespace {

constexpr Duration kStatusEvery = std::chrono::seconds(1);

wire::Endpoint http_endpoint(const config::Config& config) {
  return config.http.listen.value_or(wire::Endpoint{"127.0.0.1", 8080});
}

// The inputs of a reload on SIGHUP.
struct Reloading {
  const config::Config& first;  // The config at the start.
  std::map<std::string, std::string> marks;
  const Reread& reread;
};

void reload(Edge& edge, const Reloading& reloading, const Notify& notify, const Log& log) {
  notify.reloading();
  const auto config = reloading.reread();
  const auto done = config ? edge.reload(*config) : Result<void>(config.error());
  if (done) {
    log->info("reloaded");
    if (const std::string rest = not_taken(Side::edge, reloading.first, reloading.marks, *config); !rest.empty())
      log->warn("reloaded, but {}", rest);
  }
  if (!done) log->error("not reloaded, nothing has changed: {}", done.error().message);
  notify.ready(edge.status());
}

// Ticks until a signal ends it.
void run(Edge& edge, http::HttpServer& http, http::Service& service, const Signals& signals, const Reloading& reloading,
         const Log& log) {
  const Duration tick = reloading.first.edge.tick;
  const Notify notify;
  edge.tick(Clock::now());
  notify.ready(edge.status());
  const Duration beat = std::min(kStatusEvery, notify.watchdog_interval().value_or(kStatusEvery));
  TimePoint next_tick = Clock::now() + tick;
  TimePoint next_beat = Clock::now();
  CertificateWatch certificates(edge.identity(), log);
  for (;;) {
    const Signals::Seen seen = signals.wait(next_tick - Clock::now());
    if (seen == Signals::Seen::stop) return;
    if (seen == Signals::Seen::reload) reload(edge, reloading, notify, log);
    const TimePoint now = Clock::now();
    if (now >= next_tick) {
      edge.tick(now);
      next_tick = std::max(next_tick + tick, now);  // Does not catch up on missed ticks.
    }
    if (now >= next_beat) {
      certificates.look(std::chrono::system_clock::now(), now);
      if (watch_door(http, service, now, log)) notify.alive(edge.status());
      http.publish(service.event(std::chrono::system_clock::now(), {}));
      next_beat = now + beat;
    }
  }
}

}  // namespace

config::ExitCode run_serve(const config::Command& command, const Reread& reread) {
  const Signals signals;
  const Log log = make_log(command.config);
  auto door = door_options(command.config, http_endpoint(command.config), log);
  if (!door) return fail(door.error(), config::ExitCode::bad_config);
  const Reloading reloading{command.config, file_marks(command.config), reread};
  allow_many_files();
  // Checks certificates before loading models, which takes longer. A certificate that is not valid now may become
  // valid: a machine without a clock battery starts with a wrong date. It serves alone until its clock is right.
  const auto identity = edge_identity(command.config, wire::TlsContext::Dates::whenever);
  if (!identity) return fail(identity.error(), config::ExitCode::bad_config);
  if (const std::string why = why_not_valid(*identity); !why.empty())
    log->warn("{}; until then the edge serves alone, and retries", why);
  const auto edge = Edge::start(command.config, log);
  if (!edge) return fail(edge.error(), config::ExitCode::bad_data);

  Budget budget(held_bounds(command.config));
  http::Metrics metrics({.version = std::string(config::version()),
                         .mode = "serve",
                         .precision = std::string(name(command.config.compute.precision)),
                         .machine = fingerprint(command.config)});
  http::Admission admission(queue_of(command.config), log);
  http::Service service(std::string(config::version()), (*edge)->hosted(), (*edge)->link(), metrics, &admission,
                        (*edge)->identity());
  door->admission = &admission;
  door->budget = &budget;
  const auto http = http::HttpServer::start(
      *door, [&](http::HttpRequest request) { return service.handle(std::move(request)); }, log,
      [&](const http::HttpRequest& request) { return service.rank(request); });
  if (!http) return fail(http.error(), config::ExitCode::unavailable);
  log->info("serving on {}://{}:{}", door->tls ? "https" : "http", door->host, (*http)->port());

  run(**edge, **http, service, signals, reloading, log);
  log->info("draining");
  Notify().stopping();
  service.drain();
  return config::ExitCode::ok;
}

}  // namespace tideline::modes
