#include "runtime/http/web_replies.h"

#include "runtime/http/content_coding.h"
#include "runtime/http/header_value.h"
#include "runtime/http/web_files.h"

#include <fmt/format.h>

#include <algorithm>

namespace tideline::http {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

std::string_view header_of(const Headers& headers, const std::string& name) {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

bool has_already(const Headers& headers, std::string_view etag) {
  const std::string_view known = header_of(headers, "if-none-match");
  return known == "*" || known.find(etag) != std::string_view::npos;
}

}  // namespace

bool wants_html(const Headers& headers) {
  return accepts(header_of(headers, "accept"), "text/html");
}

std::optional<HttpResponse> web_reply(std::string_view path, const Headers& headers) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto file = std::ranges::find(web_files(), path, &WebFile::path);
  if (file == web_files().end()) return std::nullopt;
  const bool compressed = accepts_gzip(header_of(headers, "accept-encoding"));
  const std::string etag = fmt::format("\"{}{}\"", file->digest.substr(0, 32), compressed ? "-gzip" : "");
  HttpResponse response;
  response.content_type = file->type;
  response.headers = {{"ETag", etag},
                      {"Cache-Control", "no-cache"},
                      {"Vary", "Accept, Accept-Encoding"},
                      {"Content-Security-Policy", std::string(kPolicy)},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Referrer-Policy", "no-referrer"}};
  if (has_already(headers, etag)) {
    response.status = 304;
    return response;
  }
  if (compressed) response.headers.emplace_back("Content-Encoding", "gzip");
  response.body = compressed ? file->gzip : file->plain;
  return response;
}

}  // namespace tideline::http
