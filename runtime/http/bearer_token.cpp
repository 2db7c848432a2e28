#include "runtime/http/bearer_token.h"

#include "runtime/base/file.h"
#include "runtime/http/http_text.h"
#include "runtime/http/routes.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace tideline::http {
namespace {

constexpr std::size_t kShortestToken = 16;  // Of hex digits 64 bits: more than anybody can try.
constexpr std::size_t kLongestToken = 1024;
constexpr std::string_view kScheme = "bearer";

// b64token of RFC 6750, 2.1: letters, digits and -._~+/, then any "=".
bool is_token68(std::string_view text) {
  const std::string_view front = text.substr(0, text.find_last_not_of('=') + 1);
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-._~+/").find(c) != std::string_view::npos;
  };
  return text.size() >= kShortestToken && text.size() <= kLongestToken && std::ranges::all_of(front, fits);
}

// Returns the token after "Bearer "; empty if there is none.
std::string_view token_in(std::string_view authorization) {
  if (authorization.size() <= kScheme.size() || authorization[kScheme.size()] != ' ') return {};
  if (lower_case(authorization.substr(0, kScheme.size())) != kScheme) return {};
  return trim(authorization.substr(kScheme.size()));
}

}  // namespace

Result<BearerToken> BearerToken::read(const std::filesystem::path& file) {
  auto text = read_regular(file, {2 * kLongestToken});
  if (!text) return text.error();
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (!is_token68(*text))
    return error(
        ErrorKind::invalid,
        "{}: the token must be one line of {} to {} letters, digits and -._~+/=; make one by 'openssl rand -hex "
        "32'",
        file.string(), kShortestToken, kLongestToken);
  return BearerToken(*std::move(text));
}

std::optional<RequestFault> BearerToken::check(const std::map<std::string, std::string>& headers,
                                               std::string_view query) const {
  if (const auto in_url = value_in_query(query, "access_token"); !in_url || *in_url)
    return RequestFault{400,
                        "the URL holds a token, where others would log it; send it as 'Authorization: Bearer TOKEN'"};
  const auto found = headers.find("authorization");
  const std::string_view given = found == headers.end() ? std::string_view() : token_in(found->second);
  if (given.empty())
    return RequestFault{401, "this server needs a token; send the header 'Authorization: Bearer TOKEN'"};
  if (given.size() != text_.size() || ::CRYPTO_memcmp(given.data(), text_.data(), text_.size()) != 0)
    return RequestFault{401, "the token in the header Authorization is not that of this server"};
  return std::nullopt;
}

std::optional<RequestFault> admit(const BearerToken& token, const RequestHead& head) {
  const Target target = target_of(head);
  const auto path = percent_decoded(target.path);
  const auto route = path ? find_route(*path) : std::nullopt;
  if (route && is_health(route->door) && !head.has_body()) return std::nullopt;
  return token.check(head.headers, target.query);
}

}  // namespace tideline::http
