// InferHandler: answers the inference requests for one model, and records them in its metrics and statistics.
//
//   const InferHandler handler({engine, metrics, statistics});
//   const HttpResponse response = handler.handle(std::move(request));
//
// Thread-safe.
#pragma once

#include "runtime/http/http_server.h"
#include "runtime/http/infer_record.h"

namespace tideline::http {

class InferHandler {
 public:
  explicit InferHandler(const Serving& serving) : serving_(serving) {}

  HttpResponse handle(HttpRequest request) const;

 private:
  const Serving serving_;
};

}  // namespace tideline::http
