#include "runtime/http/service.h"

#include "runtime/http/event_log.h"
#include "runtime/http/http_text.h"
#include "runtime/http/pages.h"
#include "runtime/http/replies.h"
#include "runtime/http/repository_request.h"
#include "runtime/http/routes.h"
#include "runtime/http/statistics.h"
#include "runtime/http/urgency.h"
#include "runtime/http/web_replies.h"

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace tideline::http {
namespace {

using nlohmann::json;

constexpr std::string_view kIndex =
    "Tideline. The paths:\n"
    "  GET  /v2                            this server\n"
    "  GET  /v2/health/live                200 while it runs\n"
    "  GET  /v2/health/ready               200 while it can take requests\n"
    "  GET  /v2/models/{model}             inputs and outputs; also .../ready, .../config, .../stats\n"
    "  POST /v2/models/{model}/infer       an inference (Open Inference Protocol)\n"
    "  GET  /v2/models/stats               statistics of all models\n"
    "  POST /v2/repository/index           the models, and whether they are ready\n"
    "  POST /predictions/{model}           the likeliest classes of an image (as TorchServe); also PUT\n"
    "  GET  /ping                          200 while it runs (as TorchServe)\n"
    "  POST /v1/vision/detection           the objects in an image (as DeepStack, CodeProject.AI)\n"
    "  POST /v1/vision/custom/{model}      the same by that model\n"
    "  GET  /metrics                       for Prometheus\n"
    "  GET  /api/status                    plan, conditions, predictions, why\n"
    "  GET  /api/events                    what of it changes, once a second (Server-Sent Events)\n"
    "In a browser, / is a dashboard.\n";

std::string utc(std::chrono::system_clock::time_point at) {
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  const auto rest = std::chrono::floor<std::chrono::milliseconds>(at - second);
  return fmt::format("{:%FT%T}.{:03}Z", second, rest.count());
}

// The page for browsers; for others the paths as text.
HttpResponse index_reply(const Headers& headers) {
  if (wants_html(headers))
    if (auto page = web_reply("/", headers)) return *std::move(page);
  HttpResponse response = text_reply(std::string(kIndex));
  response.headers.emplace_back("Vary", "Accept");
  return response;
}

HttpResponse events_reply(const Headers& headers) {
  const auto id = headers.find("last-event-id");
  const auto after = parse_event_id(id == headers.end() ? std::string_view() : std::string_view(id->second));
  if (!after) return error_reply(after.error());
  HttpResponse response;
  response.content_type = "text/event-stream";
  response.headers = {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}};  // nginx would hold events back.
  response.events_after = *after;
  return response;
}

ErrorForm form_of(Door door) {
  switch (door) {
    case Door::ping:
    case Door::prediction:
      return ErrorForm::torchserve;
    case Door::detection:
      return ErrorForm::deepstack;
    default:
      return ErrorForm::oip;
  }
}

HttpResponse wrong_method(std::string_view method, Door door) {
  const std::string_view known = methods_of(door);
  HttpResponse response =
      error_reply(405, fmt::format("this path does not support {}; use {}", in_quotes(method), known), form_of(door));
  response.headers.emplace_back("Allow", known);
  return response;
}

HttpResponse no_path(std::string_view path) {
  return error_reply(404, fmt::format("there is no path {}; GET / lists all paths", in_quotes(path)));
}

std::string names(const auto& models) {
  std::string all;
  for (const auto& model : models) all += fmt::format("{}'{}'", all.empty() ? "" : ", ", model.hosted.engine->name());
  return all.empty() ? "none" : all;
}

}  // namespace

Service::Service(std::string version, std::vector<Hosted> models, const link::Link* link, Metrics& metrics,
                 Admission* admission, wire::TlsIdentity identity)
    : version_(std::move(version)),
      models_([&] {
        std::vector<Shown> shown;
        for (const Hosted& hosted : models) {
          auto statistics = std::make_unique<ModelStatistics>();
          auto latest = std::make_unique<LatencyWindow>();
          const Serving serving{
              *hosted.engine, metrics, *statistics, hosted.vision, admission ? &admission->refused : nullptr,
              latest.get()};
          shown.push_back({hosted, std::move(statistics), std::move(latest), InferHandler(serving),
                           PredictionsHandler(serving), DetectionHandler(serving)});
        }
        return shown;
      }()),
      link_(link),
      metrics_(metrics),
      admission_(admission),
      identity_(std::move(identity)) {}

Service::~Service() = default;

const Service::Shown* Service::find(std::string_view name) const {
  const auto named = [&](const Shown& model) { return model.hosted.engine->name() == name; };
  const auto found = std::find_if(models_.begin(), models_.end(), named);
  return found == models_.end() ? nullptr : &*found;
}

HttpResponse Service::handle(HttpRequest request) {
  const auto route = find_route(request.path);
  if (!route) return no_path(request.path);
  if (!supports(route->door, request.method)) return wrong_method(request.method, route->door);
  if (route->door == Door::repository_index) return repository_index(request);
  if (route->door == Door::web_file) return web_reply(request.path, request.headers).value_or(no_path(request.path));
  if (route->model.empty() && route->door != Door::detection) return server_door(route->door, request.headers);
  const auto model = model_of(*route);
  if (!model) return error_reply(404, model.error().message, form_of(route->door));
  return model_door(route->door, **model, std::move(request));
}

Result<Rank> Service::rank(const HttpRequest& request) const {
  const auto route = find_route(request.path);
  if (!route || (route->model.empty() && route->door != Door::detection)) return Rank{};
  const auto model = model_of(*route);
  if (!model) return Rank{};
  const Glance asked = glance(request);
  const auto start = (*model)->hosted.engine->start_of(
      {asked.urgency.deadline(request.received), asked.urgency.priority, request.received, asked.forces}, Clock::now());
  if (!start) return start.error();
  return Rank{start->priority, start->by};
}

Result<const Service::Shown*> Service::model_of(const Route& route) const {
  if (route.model.empty()) {
    const auto found = std::ranges::find_if(models_, [](const Shown& m) { return finds_boxes(m.hosted.vision); });
    if (found != models_.end()) return &*found;
    return error(ErrorKind::invalid, "no model finds boxes; configure one with --image NAME.task=detect");
  }
  const Shown* model = find(route.model);
  if (!model)  // Triton's first words, which its clients compare.
    return error(ErrorKind::invalid, "Request for unknown model: {} is not found; available: {}",
                 in_quotes(route.model), names(models_));
  if (!route.version.empty() && route.version != "1")
    return error(ErrorKind::invalid, "model {} has no version {}; it has version 1", in_quotes(route.model),
                 in_quotes(route.version));
  return model;
}

HttpResponse Service::server_door(Door door, const Headers& headers) const {
  switch (door) {
    case Door::metrics:
      return metrics();
    case Door::status:
      return status();
    case Door::events:
      return events_reply(headers);
    case Door::server_metadata:
      return json_reply(server_page(version_));
    case Door::ping: {
      HttpResponse response = json_reply({{"status", accepting_.load() ? "Healthy" : "Unhealthy"}});
      if (!accepting_) response.status = 503;
      return response;
    }
    case Door::live: {
      HttpResponse response = json_reply({{"live", accepting_.load()}});
      if (!accepting_) response.status = 503;
      return response;
    }
    case Door::ready: {
      const auto ready_too = [](const Shown& model) { return model.hosted.engine->ready(); };
      const bool takes = accepting_ && !draining_ && !campaign_;
      const bool ready = takes && std::all_of(models_.begin(), models_.end(), ready_too);
      HttpResponse response = json_reply({{"ready", ready}});
      if (!ready) response.status = 503;
      return response;
    }
    case Door::repository_control:
      return error_reply(
          501,
          "models are neither loaded nor unloaded over HTTP; change [models] of the config, and restart the agent");
    case Door::all_stats: {
      json all = json::array();
      for (const Shown& model : models_) all.push_back(model.statistics->to_json(model.hosted.engine->name()));
      return json_reply({{"model_stats", std::move(all)}});
    }
    default:
      return index_reply(headers);
  }
}

HttpResponse Service::model_door(Door door, const Shown& model, HttpRequest request) const {
  const engine::Engine& engine = *model.hosted.engine;
  switch (door) {
    case Door::infer:
      return model.infer.handle(std::move(request));
    case Door::prediction:
      return model.predictions.handle(std::move(request));
    case Door::detection:
      return model.detection.handle(std::move(request));
    case Door::model_ready: {
      const bool ready = engine.ready();
      HttpResponse response = json_reply({{"name", engine.name()}, {"ready", ready}});
      if (!ready) response.status = 503;
      return response;
    }
    case Door::model_config:
      return json_reply(config_page(engine, model.hosted.vision.preparation));
    case Door::model_stats:
      return json_reply({{"model_stats", json::array({model.statistics->to_json(engine.name())})}});
    default:
      return json_reply(model_page(engine));
  }
}

HttpResponse Service::repository_index(const HttpRequest& request) const {
  const auto ready_alone = only_ready(request.body.text());
  if (!ready_alone) return error_reply(ready_alone.error());
  json all = json::array();
  for (const Shown& model : models_) {
    const engine::Engine& engine = *model.hosted.engine;
    const bool ready = engine.ready();
    if (ready || !*ready_alone) all.push_back(index_entry(engine.name(), ready));
  }
  return json_reply(all);
}

HttpResponse Service::metrics() const {
  const link::LinkState link = link_ ? link_->state() : link::LinkState{};
  for (const Shown& model : models_) {
    const engine::Engine& engine = *model.hosted.engine;
    engine::AgentStatus status;
    if (model.hosted.agent) status = *model.hosted.agent->status();
    status.plan = engine.plan();
    metrics_.set(engine.name(), engine.counters());
    metrics_.set(engine.name(), status);
    metrics_.set_ready(engine.name(), engine.ready());
    metrics_.set_table(engine.name(), status, link.up ? &link : nullptr);
  }
  if (link_)
    for (const link::PeerState& peer : link_->peers()) metrics_.set(peer);
  if (const auto tls = identity_.status()) metrics_.set(*tls);
  if (admission_) metrics_.set(admission_->refused.counts(), admission_->waiting.count());
  HttpResponse response = text_reply(metrics_.text());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  return response;
}

std::string Service::event(std::chrono::system_clock::time_point now, const CloudState& cloud) const {
  json models = json::array();
  for (const Shown& model : models_) {
    const auto status = model.hosted.agent ? model.hosted.agent->status() : nullptr;
    models.push_back(model_event_page(*model.hosted.engine, status.get(), model.latest->take()));
  }
  json event = server_state(std::move(models));
  event["at"] = utc(now);
  event["cloud"] = cloud.counters ? cloud_page(*cloud.counters) : json();
  event["machine"] = cloud.machine ? conditions_page(*cloud.machine) : json();
  return event.dump(-1, ' ', false, json::error_handler_t::replace);
}

HttpResponse Service::status() const {
  json models = json::array();
  for (const Shown& model : models_) {
    const auto status = model.hosted.agent ? model.hosted.agent->status() : nullptr;
    models.push_back(model_status_page(*model.hosted.engine, status.get()));
    const auto learning = model.hosted.learning ? model.hosted.learning->acquire() : nullptr;
    if (learning) models.back()["learning"] = learning_page(*learning);
  }
  return json_reply(server_state(std::move(models)));
}

json Service::server_state(json models) const {
  return {{"version", version_},
          {"draining", draining_.load()},
          {"waiting", admission_ ? admission_->waiting.count() : 0},
          {"refused", admission_ ? json(admission_->refused.counts()) : json::object()},
          {"models", std::move(models)},
          {"tls", tls_page(identity_.status(), std::chrono::system_clock::now())},
          {"link", link_ ? link_page(*link_) : json()},
          {"campaign", campaign_ ? campaign_page(*campaign_->acquire()) : json()}};
}

}  // namespace tideline::http
