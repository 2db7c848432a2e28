// PredictionsHandler: answers the requests to TorchServe's path for one model: an image, and its five likeliest
// classes.
//
//   const PredictionsHandler handler({engine, metrics, statistics, vision});
//   const HttpResponse response = handler.handle(std::move(request));
//
// Thread-safe.
#pragma once

#include "runtime/http/http_server.h"
#include "runtime/http/infer_record.h"

namespace tideline::http {

class PredictionsHandler {
 public:
  explicit PredictionsHandler(const Serving& serving) : serving_(serving) {}

  HttpResponse handle(HttpRequest request) const;

 private:
  const Serving serving_;
};

}  // namespace tideline::http
