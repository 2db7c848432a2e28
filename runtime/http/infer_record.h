// InferRecord: one request to a model, from its arrival to its answer, for the model's metrics and statistics.
//
//   InferRecord record(serving, request.received, ErrorForm::oip);
//   if (!image) return record.failed(image.error());
//   record.parsed();
//   auto served = serving.engine.infer(...);
//   if (!served) return record.failed(served.error());
//   record.inferred();
//   HttpResponse answer = ...;
//   record.served(*served);
//
// Belongs to one thread.
#pragma once

#include "runtime/base/refusals.h"
#include "runtime/base/time.h"
#include "runtime/engine/engine.h"
#include "runtime/http/http_server.h"
#include "runtime/http/replies.h"
#include "runtime/http/vision.h"

#include <string_view>

namespace tideline::http {

class LatencyWindow;
class Metrics;
class ModelStatistics;

// One model as its handlers see it. REQUIRES: what it refers to outlives it.
struct Serving {
  const engine::Engine& engine;
  Metrics& metrics;
  ModelStatistics& statistics;
  Vision vision{};
  Refusals* refused = nullptr;      // Where refusals are counted; null: nowhere.
  LatencyWindow* latest = nullptr;  // Where times are noted for the dashboard; null: nowhere.
};

class InferRecord {
 public:
  // The request came then, and a worker has it now. Answers with an error have that form. REQUIRES: `serving` outlives
  // it.
  InferRecord(const Serving& serving, TimePoint received, ErrorForm form)
      : serving_(serving), form_(form), received_(received) {}

  TimePoint received() const { return received_; }
  Duration age() const { return Clock::now() - received_; }

  void parsed() { parsed_ = Clock::now(); }      // The body is read.
  void inferred() { inferred_ = Clock::now(); }  // The engine has answered.

  // One of these ends the record: the answer is written, and gets notes for the access log; or an error is answered.
  void served(const engine::InferResult& served, HttpResponse& answer);
  HttpResponse failed(const Error& why);
  HttpResponse unsupported(std::string_view why);  // Status 415.

 private:
  void count_failure(ErrorKind kind);
  HttpResponse noted(HttpResponse answer) const;

  const Serving& serving_;
  const ErrorForm form_;
  const TimePoint received_;
  const TimePoint taken_ = Clock::now();
  TimePoint parsed_{};
  TimePoint inferred_{};
};

}  // namespace tideline::http
