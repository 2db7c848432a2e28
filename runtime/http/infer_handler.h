// InferHandler: answers the inference requests for one model, and records them in its metrics and statistics.
//
//   const InferHandler handler(engine, metrics, statistics);
//   const HttpResponse response = handler.handle(std::move(request));
//
// Thread-safe.
#pragma once

#include "runtime/engine/engine.h"
#include "runtime/http/http_server.h"

namespace tideline::http {

class Metrics;
class ModelStatistics;

class InferHandler {
 public:
  // All must outlive it.
  InferHandler(const engine::Engine& engine, Metrics& metrics, ModelStatistics& statistics)
      : engine_(engine), metrics_(metrics), statistics_(statistics) {}

  HttpResponse handle(HttpRequest request) const;

 private:
  const engine::Engine& engine_;
  Metrics& metrics_;
  ModelStatistics& statistics_;
};

}  // namespace tideline::http
