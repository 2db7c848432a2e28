// CampaignDoor: shows a running campaign over HTTP: the dashboard, its status and its events.
//
//   auto door = CampaignDoor::open(config, "alexnet", link, log);
//   if (!door) return door.error();
//   (*door)->show(progress);  // After every step.
//
// It takes no inferences, and is never ready for them. A thread of its own tells the events, once a second. The
// destructor ends it. Thread-safe.
#pragma once

#include "profiler/campaign/progress.h"
#include "runtime/app/config/config.h"
#include "runtime/base/budget.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/base/slot.h"
#include "runtime/http/campaign_status.h"
#include "runtime/http/http_server.h"
#include "runtime/http/metrics.h"
#include "runtime/http/service.h"
#include "runtime/link/link.h"

#include <memory>
#include <string>
#include <thread>

namespace tideline::modes {

class CampaignDoor {
 public:
  // Serves at profile.http, by the [http] of the config, and logs where. `link` must outlive it. Returns null if
  // profile.http names no address; invalid, with reason and remedy, if it cannot be bound, or the token or certificate
  // cannot be used.
  static Result<std::unique_ptr<CampaignDoor>> open(const config::Config& config, const std::string& model,
                                                    const link::Link& link, const Log& log);
  CampaignDoor(const CampaignDoor&) = delete;
  CampaignDoor& operator=(const CampaignDoor&) = delete;

  void show(const campaign::Progress& progress);

 private:
  CampaignDoor(const config::Config& config, const std::string& model, const link::Link& link);
  void beat(const std::stop_token& ended, const Log& log);

  const std::string model_;
  Budget budget_;
  http::Metrics metrics_;
  Slot<http::CampaignStatus> status_;
  http::Service service_;
  std::unique_ptr<http::HttpServer> http_;  // Never null after open().
  std::jthread beat_;
};

}  // namespace tideline::modes
