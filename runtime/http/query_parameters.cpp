#include "runtime/http/query_parameters.h"

#include "runtime/http/stream_parameters.h"
#include "runtime/http/urgency.h"

#include <utility>

namespace tideline::http {

Result<engine::InferRequest> parameters_of_query(std::string_view query, TimePoint received) {
  auto stream = stream_of_query(query);
  if (!stream) return stream.error();
  const auto urgency = urgency_of_query(query);
  if (!urgency) return urgency.error();
  engine::InferRequest asked;
  asked.deadline = urgency->deadline(received);
  asked.priority = urgency->priority;
  asked.received = received;
  asked.stream = *std::move(stream);
  return asked;
}

}  // namespace tideline::http
