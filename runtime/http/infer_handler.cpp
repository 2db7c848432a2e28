#include "runtime/http/infer_handler.h"

#include "runtime/http/http_text.h"
#include "runtime/http/inference_protocol.h"
#include "runtime/http/metrics.h"
#include "runtime/http/replies.h"
#include "runtime/http/statistics.h"

#include <charconv>

namespace tideline::http {
namespace {

constexpr std::string_view kJsonSize = "Inference-Header-Content-Length";

const std::string* header(const HttpRequest& request, std::string_view name) {
  const auto found = request.headers.find(lower_case(name));
  return found == request.headers.end() ? nullptr : &found->second;
}

// Returns nothing iff the body is not encoded.
std::optional<HttpResponse> unreadable(const HttpRequest& request) {
  const std::string* encoding = header(request, "Content-Encoding");
  if (!encoding || lower_case(*encoding) == "identity") return std::nullopt;
  return error_reply(
      415, fmt::format("Content-Encoding {} is not supported; send the body without it", in_quotes(*encoding)));
}

Result<std::optional<std::uint64_t>> json_size(const HttpRequest& request) {
  const std::string* text = header(request, kJsonSize);
  if (!text) return std::optional<std::uint64_t>{};
  std::uint64_t size = 0;
  const auto [end, wrong] = std::from_chars(text->data(), text->data() + text->size(), size);
  if (wrong != std::errc{} || end != text->data() + text->size())
    return error(ErrorKind::invalid, "{} is {}, which is not a number of bytes", kJsonSize, in_quotes(*text));
  return std::optional<std::uint64_t>{size};
}

Result<OipRequest> parse(HttpRequest request, const model::Model& model, TimePoint received) {
  const auto size = json_size(request);
  if (!size) return size.error();
  Budget::Held* const held = request.held.get();
  auto parsed =
      parse_infer(std::move(request.body), *size, {model.inputs(), model.outputs(), model.max_batch()}, received, held);
  if (!held) return parsed;
  // The body and its JSON are already freed here.
  std::size_t tensors = 0;
  if (parsed)
    for (const Tensor& tensor : parsed->infer.inputs) tensors += tensor.bytes().size();
  held->set({tensors});
  return parsed;
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
  const TimePoint received = Clock::now();
  const auto failed = [&](ErrorKind kind, HttpResponse answer) {
    metrics_.on_failed(engine_.name(), kind);
    statistics_.on_failure(Clock::now() - received);
    return answer;
  };

  if (auto answer = unreadable(request)) return failed(ErrorKind::invalid, std::move(*answer));
  auto asked = parse(std::move(request), engine_.model(), received);
  if (!asked) return failed(asked.error().kind, error_reply(asked.error()));
  const TimePoint parsed = Clock::now();

  const auto served = engine_.infer(std::move(asked->infer));
  if (!served) return failed(served.error().kind, error_reply(served.error()));
  const TimePoint inferred = Clock::now();

  OipResponse written = write_infer(*asked, engine_.name(), engine_.model().outputs(), *served);
  const TimePoint done = Clock::now();
  metrics_.on_served(engine_.name(), *served);
  statistics_.on_success(*served, {parsed - received, done - inferred, done - received});
  return reply(std::move(written));
}

}  // namespace tideline::http
