// agent --cloud: runs tails for any number of edges.
#include "runtime/app/config/version.h"
#include "runtime/app/modes/certificate_watch.h"
#include "runtime/app/modes/door.h"
#include "runtime/app/modes/door_options.h"
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/fingerprint.h"
#include "runtime/app/modes/held_bounds.h"
#include "runtime/app/modes/image_of_model.h"
#include "runtime/app/modes/link_security.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/app/modes/make_log.h"
#include "runtime/app/modes/modes.h"
#include "runtime/app/modes/notify.h"
#include "runtime/app/modes/queue_of.h"
#include "runtime/app/modes/reload.h"
#include "runtime/app/modes/signals.h"
#include "runtime/base/budget.h"
#include "runtime/base/descriptors.h"
#include "runtime/cloud/cloud_server.h"
#include "runtime/http/service.h"
#include "runtime/monitor/shared_sensors.h"
#include "runtime/testbed/local_stressor.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <chrono>

namespace tideline::modes {
namespace {

constexpr Duration kBeat = std::chrono::seconds(1);

// The HTTP server's share of all connections that this process may hold.
std::size_t connections_of_door() {
  return most_connections() / 4;
}

// Serves inference, health and metrics over HTTP; whole models run on this machine.
class WholeModels {
 public:
  explicit WholeModels(const config::Config& config)
      : metrics_({.version = std::string(config::version()),
                  .mode = "cloud",
                  .precision = std::string(name(config.compute.precision)),
                  .machine = fingerprint(config)}) {}

  Result<void> open(const config::Config& config, http::HttpServer::Options options,
                    const std::vector<NamedModel>& models, const cloud::CloudServer& cloud,
                    const wire::TlsIdentity& identity, const Log& log) {
    for (const NamedModel& named : models) {
      const plan::Plan whole{named.model->digest(), named.model->last_cut(), plan::Codec::fp32};
      auto engine = engine::Engine::start(
          named.name,
          {.model = named.model, .image = named.image, .compute = &gate_, .priority = priority_of(config, named.name)},
          whole);
      if (!engine) return engine.error();
      engines_.push_back(*std::move(engine));
      hosted_.push_back({engines_.back().get(), nullptr, vision_of(named)});
    }
    admission_ = std::make_unique<http::Admission>(queue_of(config), log);
    service_ = std::make_unique<http::Service>(std::string(config::version()), hosted_, nullptr, metrics_,
                                               admission_.get(), identity);
    const auto handle = [this, &cloud](http::HttpRequest request) {
      metrics_.set(cloud.counters());
      return service_->handle(std::move(request));
    };
    const auto rank = [this](const http::HttpRequest& request) { return service_->rank(request); };
    options.admission = admission_.get();
    options.max_connections = std::min(options.max_connections, connections_of_door());
    auto http = http::HttpServer::start(options, handle, log, rank);
    if (!http) return http.error();
    http_ = *std::move(http);
    return {};
  }

  void drain() {
    if (service_) service_->drain();
  }
  // Returns true while HTTP connections are accepted, or if there is no HTTP server.
  bool accepts(TimePoint now, const Log& log) { return !http_ || watch_door(*http_, *service_, now, log); }
  // For the clients of the event stream.
  void publish(const cloud::CloudServer::Counters& cloud, TimePoint now) {
    if (http_) http_->publish(service_->event(std::chrono::system_clock::now(), {&cloud, &sensors_.machine(now)}));
  }
  std::optional<std::uint16_t> port() const { return http_ ? std::optional(http_->port()) : std::nullopt; }

 private:
  Gate gate_{1};
  http::Metrics metrics_;
  std::vector<std::unique_ptr<engine::Engine>> engines_;
  std::vector<http::Service::Hosted> hosted_;
  std::unique_ptr<http::Admission> admission_;
  std::unique_ptr<http::Service> service_;
  std::unique_ptr<http::HttpServer> http_;
  monitor::SharedSensors sensors_{{}, nullptr};  // Owned by the thread of publish().
};

std::map<std::string, std::string> machine(const config::Config& config) {
  auto machine = fingerprint(config);
  machine["device"] = to_string(config.compute.device);
  return machine;
}

// HTTP keeps a share of the connections, and edges get the rest, so that neither can exclude the other. A quarter of
// the edges' share is for those that have not sent their greeting yet.
wire::Limits limits(const config::Config& config, const Log& log) {
  wire::Limits limits = config.cloud.limits;
  const std::size_t fit = most_connections() - (config.http.listen ? connections_of_door() : 0);
  const auto at_most = [](std::uint32_t wanted, std::size_t most) {
    return static_cast<std::uint32_t>(std::min<std::size_t>(wanted, most));
  };
  limits.strangers = at_most(limits.strangers, std::max<std::size_t>(1, fit / 4));
  limits.peer_strangers = std::min(limits.peer_strangers, limits.strangers);
  limits.connections = at_most(limits.connections, std::max<std::size_t>(1, fit - limits.strangers));
  if (limits.connections < config.cloud.limits.connections)
    log->warn("cloud: only {} edges instead of {}: the limit on open files is too low; raise 'ulimit -n'",
              limits.connections, config.cloud.limits.connections);
  return limits;
}

// "1 x 40, 8 x 120": the sizes of batches, and how often each ran.
std::string text_of(const std::map<std::size_t, std::uint64_t>& runs) {
  std::string text;
  for (const auto& [together, count] : runs)
    text += fmt::format("{}{} x {}", text.empty() ? "" : ", ", together, count);
  return text.empty() ? "none" : text;
}

// The parts of a reload on SIGHUP: a cloud takes over certificates.
struct CertificateReload {
  const config::Config& first;  // The config at the start.
  std::map<std::string, std::string> marks;
  const Reread& reread;
  const wire::TlsIdentity& identity;
};

Result<void> take_certificates(const config::Config& config, const wire::TlsIdentity& identity) {
  auto next = read_again(config, identity);
  if (!next) return next.error();
  if (*next) identity.take(*std::move(next));
  return {};
}

void reload_certificates(const CertificateReload& reloading, const Log& log) {
  const auto config = reloading.reread();
  const auto done = config ? take_certificates(*config, reloading.identity) : Result<void>(config.error());
  if (!done) return log->error("cloud: not reloaded, nothing has changed: {}", done.error().message);
  log->info("cloud: reloaded");
  if (const std::string rest = not_taken(Side::cloud, reloading.first, reloading.marks, *config); !rest.empty())
    log->warn("cloud: reloaded, but {}", rest);
}

void serve_until_stopped(const cloud::CloudServer& server, WholeModels& door, const Signals& signals,
                         const CertificateReload& reloading, const Log& log) {
  const Notify notify;
  CertificateWatch certificates(reloading.identity, log);
  const auto status = [&] {
    const cloud::CloudServer::Counters c = server.counters();
    const std::string remark = certificate_remark(reloading.identity, std::chrono::system_clock::now());
    return fmt::format("{} edges, {} tails served, {} refused; runs: {}{}{}", c.connections, c.served, c.refused,
                       text_of(c.runs), remark.empty() ? "" : "; ", remark);
  };
  notify.ready(status());
  const Duration beat = std::min(kBeat, notify.watchdog_interval().value_or(kBeat));
  for (Signals::Seen seen{}; seen != Signals::Seen::stop; seen = signals.wait(beat)) {
    if (seen == Signals::Seen::reload) {
      notify.reloading();
      reload_certificates(reloading, log);
      notify.ready(status());
    }
    certificates.look(std::chrono::system_clock::now(), Clock::now());
    if (door.accepts(Clock::now(), log)) notify.alive(status());
    door.publish(server.counters(), Clock::now());
  }
  notify.stopping();
}

}  // namespace

config::ExitCode run_cloud(const config::Command& command, const Reread& reread) {
  const Signals signals;
  const config::Config& config = command.config;
  const Log log = make_log(config);
  const auto marks = file_marks(config);
  std::optional<http::HttpServer::Options> door;
  if (config.http.listen) {
    auto options = door_options(config, *config.http.listen, log);
    if (!options) return fail(options.error(), config::ExitCode::bad_config);
    door = *std::move(options);
  }
  const auto tls =
      secure_link(config, wire::TlsContext::Role::cloud, config.cloud.listen, wire::TlsContext::Dates::whenever);
  if (!tls) return fail(tls.error(), config::ExitCode::bad_config);
  const wire::TlsIdentity identity(*tls);
  if (const std::string why = why_not_valid(identity); !why.empty())
    log->warn("{}; until then no edge accepts this cloud, which waits and reads the file again", why);
  const auto models = load_models(config);
  if (!models) return fail(models.error(), config::ExitCode::bad_data);

  std::vector<cloud::CloudServer::Named> named;
  for (const NamedModel& model : *models) {
    named.push_back({model.name, model.model, model.image});
    if (const auto warmed = model.model->warm(model.model->whole()); !warmed)
      return fail(warmed.error(), config::ExitCode::bad_data);
  }
  allow_many_files();
  Budget budget(held_bounds(config));
  testbed::LocalStressor stressor({}, log);
  const auto server = cloud::CloudServer::start({.listen = config.cloud.listen,
                                                 .limits = limits(config, log),
                                                 .budget = &budget,
                                                 .tls = identity,
                                                 .tails = {.slots = config.compute.slots,
                                                           .most_together = config.cloud.max_batch,
                                                           .longest_wait = config.cloud.max_batch_wait},
                                                 .machine = machine(config),
                                                 .precision = config.compute.precision,
                                                 .access = make_tail_log(config, log),
                                                 .stressor = config.cloud.allow_stress ? &stressor : nullptr},
                                                std::move(named), log);
  if (!server) return fail(server.error(), config::ExitCode::unavailable);
  WholeModels whole_models(config);
  if (door) {
    door->budget = &budget;
    if (const auto opened = whole_models.open(config, *door, *models, **server, identity, log); !opened)
      return fail(opened.error(), config::ExitCode::unavailable);
  }

  log->info("cloud: listening on {}:{}", config.cloud.listen.host, (*server)->port());
  if (const auto port = whole_models.port())
    log->info("cloud: {} on {}:{}", door->tls ? "HTTPS" : "HTTP", door->host, *port);
  serve_until_stopped(**server, whole_models, signals, {config, marks, reread, identity}, log);
  log->info("cloud: draining");
  whole_models.drain();
  (*server)->drain(Clock::now() + config.cloud.drain);
  const cloud::CloudServer::Counters c = (*server)->counters();
  log->info("cloud: {} tails served, {} refused; runs: {}", c.served, c.refused, text_of(c.runs));
  return config::ExitCode::ok;
}

}  // namespace tideline::modes
