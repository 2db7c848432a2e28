#include "runtime/app/modes/campaign_door.h"

#include "runtime/app/config/version.h"
#include "runtime/app/modes/door.h"
#include "runtime/app/modes/door_options.h"
#include "runtime/app/modes/fingerprint.h"
#include "runtime/app/modes/held_bounds.h"
#include "runtime/app/print/progress_line.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace tideline::modes {
namespace {

constexpr Duration kEventEvery = std::chrono::seconds(1);

http::CampaignStatus status_of(const std::string& model, const campaign::Progress& p) {
  const bool anchors = p.doing == campaign::Progress::Doing::anchors;
  return {.model = model,
          .doing = std::string(name(p.doing)),
          .text = print::text_of(p),
          .asked = anchors ? "" : to_string(p.asked),
          .visit = std::min(p.visit + 1, p.visits),
          .visits = p.visits,
          .done = p.done,
          .total = p.total,
          .failed = p.failed,
          .left_out = p.left_out,
          .noise = p.noise,
          .remaining = p.remaining};
}

}  // namespace

CampaignDoor::CampaignDoor(const config::Config& config, const std::string& model, const link::Link& link)
    : model_(model),
      budget_(held_bounds(config)),
      metrics_({.version = std::string(config::version()),
                .mode = "profile",
                .precision = std::string(name(config.compute.precision)),
                .machine = fingerprint(config)}),
      status_(std::make_shared<const http::CampaignStatus>(http::CampaignStatus{.model = model})),
      service_(std::string(config::version()), {}, &link, metrics_) {
  service_.tell_of(&status_);
}

Result<std::unique_ptr<CampaignDoor>> CampaignDoor::open(const config::Config& config, const std::string& model,
                                                         const link::Link& link, const Log& log) {
  if (!config.profile.http) return std::unique_ptr<CampaignDoor>();
  auto options = door_options(config, *config.profile.http, log);
  if (!options) return options.error();
  std::unique_ptr<CampaignDoor> door(new CampaignDoor(config, model, link));
  options->budget = &door->budget_;
  http::Service& service = door->service_;
  auto http = http::HttpServer::start(
      *options, [&service](http::HttpRequest request) { return service.handle(std::move(request)); }, log);
  if (!http) return http.error();
  door->http_ = *std::move(http);
  log->info("the campaign is shown at {}://{}:{}/", options->tls ? "https" : "http", options->host,
            door->http_->port());
  door->beat_ = std::jthread([self = door.get(), log](const std::stop_token& ended) { self->beat(ended, log); });
  return door;
}

void CampaignDoor::show(const campaign::Progress& progress) {
  status_.publish(std::make_shared<const http::CampaignStatus>(status_of(model_, progress)));
}

void CampaignDoor::beat(const std::stop_token& ended, const Log& log) {
  std::mutex m;
  std::condition_variable_any end;
  std::unique_lock lock(m);
  while (!ended.stop_requested()) {
    watch_door(*http_, service_, Clock::now(), log);
    http_->publish(service_.event(std::chrono::system_clock::now(), {}));
    end.wait_for(lock, ended, kEventEvery, [&] { return ended.stop_requested(); });
  }
}

}  // namespace tideline::modes
