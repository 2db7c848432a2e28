#include "runtime/http/infer_handler.h"

#include "runtime/base/refusal_reasons.h"
#include "runtime/base/trace_context.h"
#include "runtime/http/body_headers.h"
#include "runtime/http/header_value.h"
#include "runtime/http/http_text.h"
#include "runtime/http/inference_protocol.h"
#include "runtime/http/query_parameters.h"

#include <algorithm>
#include <array>

namespace tideline::http {
namespace {

bool names_an_image(const HttpRequest& request) {
  return media_type(content_type(request)).starts_with("image/");
}

// Returns nothing iff the body's type is none of an image, or of one that is read. The bytes tell which it is.
std::optional<std::string> unknown_image(const HttpRequest& request) {
  static constexpr std::array<std::string_view, 4> kRead = {"image/jpeg", "image/jpg", "image/png", "image/webp"};
  const std::string type = media_type(content_type(request));
  if (!names_an_image(request) || std::ranges::find(kRead, type) != kRead.end()) return std::nullopt;
  return fmt::format("Content-Type {} is not supported; send image/jpeg, image/png or image/webp", in_quotes(type));
}

// A body without JSON cannot name its stream or its urgency: the URL does.
Result<OipRequest> as_asked_in(std::string_view query, TimePoint received, Result<OipRequest> parsed) {
  if (!parsed) return parsed;
  auto asked = parameters_of_query(query, received);
  if (!asked) return asked.error();
  parsed->infer.stream = std::move(asked->stream);
  parsed->infer.deadline = asked->deadline;
  parsed->infer.priority = asked->priority;
  return parsed;
}

Result<OipRequest> parse_body(const HttpRequest& request, const Signature& model, TimePoint received) {
  const auto size = json_size(request);
  if (!size) return size.error();
  if (*size == 0 && !names_an_image(request))
    return as_asked_in(request.query, received, parse_infer(request.body, 0, model, received, request.held.get()));
  if (!names_an_image(request)) return parse_infer(request.body, *size, model, received, request.held.get());
  if (size->value_or(0) > 0)
    return error(ErrorKind::invalid,
                 "Content-Type is that of an image file, but {} says that JSON comes first; leave "
                 "one of them out",
                 kJsonSize);
  return as_asked_in(request.query, received, parse_image(request.body, model));
}

// Returns how many bytes the request still holds when its JSON is freed, and its body, too, unless images or tensors
// share it.
Bytes kept(const engine::InferRequest& parsed, const Body& body) {
  Bytes copied;
  bool shared = !parsed.images.empty();
  for (const Tensor& tensor : parsed.inputs) {
    if (body.holds(tensor.bytes().data()))
      shared = true;
    else
      copied.count += tensor.bytes().size();
  }
  return {copied.count + (shared ? body.size() : 0)};
}

Result<OipRequest> parse(const HttpRequest& request, const Serving& serving, TimePoint received) {
  const model::Model& model = serving.engine.model();
  auto parsed = parse_body(
      request, {model.inputs(), model.outputs(), model.max_batch(), serving.vision.preparation != nullptr}, received);
  if (request.held) request.held->set(parsed ? kept(parsed->infer, request.body) : Bytes{});
  return parsed;
}

// Returns the trace that the request names; empty if it names none.
std::string trace_of(const HttpRequest& request) {
  const auto named = request.headers.find("traceparent");
  return named == request.headers.end() ? std::string() : traceparent_of(named->second).value_or("");
}

HttpResponse reply(OipResponse written) {
  HttpResponse response;
  response.body = std::move(written.body);
  if (written.json_size) {
    response.content_type = "application/octet-stream";
    response.headers.emplace_back(kJsonSize, std::to_string(*written.json_size));
  }
  return response;
}

}  // namespace

HttpResponse InferHandler::handle(HttpRequest request) const {
  InferRecord record(serving_, request.received, ErrorForm::oip);
  if (const auto why = encoded(request)) return record.unsupported(*why);
  if (const auto why = unknown_image(request)) return record.unsupported(*why);
  auto asked = parse(request, serving_, record.received());
  request.body = {};  // What the request still needs of it shares its memory.
  if (!asked && asked.error().kind == ErrorKind::overloaded)
    note_request(serving_.refused, refusal::kMemory, asked.error());
  if (!asked) return record.failed(asked.error());
  record.parsed();

  asked->infer.received = record.received();
  asked->infer.wanted = request.wanted();
  asked->infer.trace = trace_of(request);
  asked->infer.refused = serving_.refused;
  const engine::Engine& engine = serving_.engine;
  const auto served = engine.infer(std::move(asked->infer));
  if (!served) return record.failed(served.error());
  record.inferred();

  HttpResponse answer =
      reply(write_infer(*asked, {engine.name(), engine.model().outputs(), labels_of(serving_.vision)}, *served));
  record.served(*served, answer);
  return answer;
}

}  // namespace tideline::http
