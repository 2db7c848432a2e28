// DetectionHandler: answers the requests to DeepStack's paths for one model: an image, and the objects in it.
//
//   const DetectionHandler handler({engine, metrics, statistics, vision});
//   const HttpResponse response = handler.handle(std::move(request));
//
// A failure is an HTTP error, never an empty list: a client would take that for an image without objects. Thread-safe.
#pragma once

#include "runtime/http/http_server.h"
#include "runtime/http/infer_record.h"

namespace tideline::http {

class DetectionHandler {
 public:
  explicit DetectionHandler(const Serving& serving) : serving_(serving) {}

  HttpResponse handle(HttpRequest request) const;

 private:
  const Serving serving_;
};

}  // namespace tideline::http
