#include "runtime/http/listening.h"

#include "runtime/base/descriptors.h"
#include "runtime/http/http_connections.h"
#include "runtime/http/http_text.h"

#include <algorithm>
#include <cerrno>

namespace tideline::http {

std::size_t connections_that_fit(std::size_t wanted, const Log& log) {
  const std::size_t most = most_connections();
  const std::size_t fit = most - std::min(most - 1, HttpConnections::kSpare);
  if (fit < wanted)
    log->warn("http: only {} connections instead of {}: the limit on open files is too low; raise 'ulimit -n'", fit,
              wanted);
  return std::min(wanted, fit);
}

Error cannot_listen(const std::string& host, std::uint16_t port, const std::error_code& why) {
  std::string_view remedy = "give --http an address and a port of this machine, e.g. 127.0.0.1:8080";
  // Compares values: asio's error categories do not map to std::errc.
  if (why.value() == EADDRINUSE)
    remedy = "choose another port with --http or stop the program that holds it";
  else if (why.value() == EACCES)
    remedy = "choose a port above 1023 with --http";
  const bool v6 = host.find(':') != std::string::npos;
  const std::string shown = v6 ? '[' + host + ']' : host;
  return error(ErrorKind::invalid, "cannot listen on {}:{}: {}; {}", shown, port,
               lower_case(why.message().substr(0, 1)) + why.message().substr(1), remedy);
}

}  // namespace tideline::http
