#include "runtime/http/packing.h"

#include "runtime/http/content_coding.h"
#include "runtime/http/header_value.h"

#include <algorithm>
#include <utility>

namespace tideline::http {
namespace {

constexpr const char* kContentEncoding = "content-encoding";

bool is_text_or_json(const HttpResponse& response) {
  const std::string type = media_type(response.content_type);
  return type == "application/json" || type == "text/plain";
}

bool is_packed(const HttpResponse& response) {
  return std::ranges::any_of(response.headers, [](const auto& header) { return header.first == "Content-Encoding"; });
}

}  // namespace

std::optional<RequestFault> unpack(HttpRequest& request, Bytes most,
                                   const std::function<std::size_t(const Headers&)>& aligned) {
  const auto named = request.headers.find(kContentEncoding);
  const auto coding = named == request.headers.end() ? ContentCoding::none : coding_of(named->second);
  if (!coding || coding == ContentCoding::none) return std::nullopt;
  const Body packed = std::exchange(request.body, Body());
  Body body;
  const InflateBounds bounds{most.count, aligned ? aligned(request.headers) : 0, request.held.get()};
  if (auto fault = inflate(*coding, packed.bytes(), bounds, body)) return fault;
  request.body = body;
  request.headers.erase(named);
  if (request.held) request.held->set({body.size()});  // `packed` is freed when this returns.
  return std::nullopt;
}

bool may_pack(const HttpRequest& request) {
  const auto accepted = request.headers.find("accept-encoding");
  return accepted != request.headers.end() && accepts_gzip(accepted->second);
}

void pack(HttpResponse& response) {
  if (response.body.size() < kWorthPacking || !is_text_or_json(response) || is_packed(response)) return;
  auto packed = gzipped(response.body);
  if (!packed) return;
  response.body = *std::move(packed);
  response.headers.emplace_back("Content-Encoding", "gzip");
  response.headers.emplace_back("Vary", "Accept-Encoding");
}

}  // namespace tideline::http
