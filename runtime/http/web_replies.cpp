#include "runtime/http/web_replies.h"

#include "runtime/http/header_value.h"
#include "runtime/http/http_text.h"
#include "runtime/http/web_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace tideline::http {
namespace {

constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

std::string_view header_of(const Headers& headers, const std::string& name) {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

bool is_zero(std::string_view weight) {
  return weight.starts_with('0') && weight.find_first_not_of("0.") == std::string_view::npos;
}

// Returns true iff a list such as "text/html, gzip;q=0" has a member that `fits` and whose weight is not zero.
bool lists(std::string_view list, const std::function<bool(std::string_view)>& fits) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const auto member = parse_header_value(trim(list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (member && fits(lower_case(trim(member->value))) && !is_zero(member->find("q").value_or("1"))) return true;
  }
  return false;
}

bool takes_gzip(const Headers& headers) {
  return lists(header_of(headers, "accept-encoding"), [](std::string_view one) { return one == "gzip"; });
}

bool has_already(const Headers& headers, std::string_view etag) {
  const std::string_view known = header_of(headers, "if-none-match");
  return known == "*" || known.find(etag) != std::string_view::npos;
}

}  // namespace

bool wants_html(const Headers& headers) {
  return lists(header_of(headers, "accept"), [](std::string_view one) { return one == "text/html"; });
}

std::optional<HttpResponse> web_reply(std::string_view path, const Headers& headers) {
  if (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const auto file = std::ranges::find(web_files(), path, &WebFile::path);
  if (file == web_files().end()) return std::nullopt;
  const bool compressed = takes_gzip(headers);
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
