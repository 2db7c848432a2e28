#include "runtime/wire/endpoint.h"

#include <charconv>

namespace tideline::wire {
namespace {

Error not_an_endpoint(std::string_view text) {
  return error(ErrorKind::invalid, "'{}' is not an address; write HOST:PORT, e.g. 127.0.0.1:7070 or [::1]:7070", text);
}

}  // namespace

Result<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return not_an_endpoint(text);
  std::string_view host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find_first_of(":[]") != std::string_view::npos) {
    return not_an_endpoint(text);
  }
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (host.empty() || problem != std::errc{} || end != digits.data() + digits.size()) return not_an_endpoint(text);
  return Endpoint{std::string(host), port};
}

std::string to_string(const Endpoint& endpoint) {
  const bool v6 = endpoint.host.find(':') != std::string::npos;
  return v6 ? fmt::format("[{}]:{}", endpoint.host, endpoint.port) : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

}  // namespace tideline::wire
