#include "runtime/app/modes/passed_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>

#include <array>
#include <system_error>

namespace tideline::modes {
namespace {

// REQUIRES: the socket is one of IP.
wire::Endpoint address_of(int socket) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  auto* const any = reinterpret_cast<sockaddr*>(&storage);
  if (::getsockname(socket, any, &size) != 0) return {};
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (storage.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(storage);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return {text.data(), ntohs(v6.sin6_port)};
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(storage);
  ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
  return {text.data(), ntohs(v4.sin_port)};
}

}  // namespace

Result<std::optional<PassedSocket>> passed_socket() {
  const int count = ::sd_listen_fds(1);
  if (count == 0) return std::optional<PassedSocket>();
  if (count < 0)
    return error(ErrorKind::invalid, "the sockets that the service manager passes cannot be taken: {}; see LISTEN_FDS",
                 std::generic_category().message(-count));
  if (count > 1)
    return error(
        ErrorKind::invalid,
        "the service manager passes {} sockets, but HTTP is served on one; leave one ListenStream= in the unit "
        "of type .socket",
        count);
  const int socket = SD_LISTEN_FDS_START;
  if (::sd_is_socket_inet(socket, AF_UNSPEC, SOCK_STREAM, 1, 0) <= 0)
    return error(ErrorKind::invalid,
                 "the socket that the service manager passes does not listen for TCP; write ListenStream=ADDRESS:PORT, "
                 "and Accept=no, in the unit of type .socket");
  return std::optional<PassedSocket>({socket, address_of(socket)});
}

}  // namespace tideline::modes
