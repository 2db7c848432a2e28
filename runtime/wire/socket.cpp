#include "runtime/wire/socket.h"

#include "runtime/wire/endpoint.h"

#include <asio/this_coro.hpp>
#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

#include <exception>

namespace tideline::wire {
namespace {

constexpr int kUnsentBytes = 256 << 10;
constexpr int kIdleSeconds = 60;
constexpr int kProbeSeconds = 10;
constexpr int kRtoMaxMs = 1000;   // The smallest value that the kernel accepts.
constexpr int kTcpRtoMaxMs = 44;  // TCP_RTO_MAX_MS of Linux 6.15, which older headers do not name.

template <int name>
using TcpOption = asio::detail::socket_option::integer<IPPROTO_TCP, name>;

// A part is cancelled when another part has ended and it is no longer needed.
bool is_cancelled(const std::exception& thrown) {
  const auto* const problem = dynamic_cast<const asio::system_error*>(&thrown);
  return problem && problem->code() == asio::error::operation_aborted;
}

}  // namespace

void tune(Socket& socket) {
  asio::error_code ignored;  // A socket without these still works, only slower.
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  socket.set_option(TcpOption<TCP_NOTSENT_LOWAT>(kUnsentBytes), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  socket.set_option(TcpOption<TCP_KEEPIDLE>(kIdleSeconds), ignored);
  socket.set_option(TcpOption<TCP_KEEPINTVL>(kProbeSeconds), ignored);
  socket.set_option(TcpOption<kTcpRtoMaxMs>(kRtoMaxMs), ignored);
}

Bytes unacknowledged(Socket& socket) {
  int bytes = 0;
  if (::ioctl(socket.native_handle(), SIOCOUTQ, &bytes) != 0 || bytes < 0) return {};
  return {static_cast<std::uint64_t>(bytes)};
}

std::string remote_name(const Socket& socket) {
  asio::error_code problem;
  const auto remote = socket.remote_endpoint(problem);
  if (problem) return "?";
  return to_string(Endpoint{remote.address().to_string(), remote.port()});
}

asio::ip::address remote_address(const Socket& socket) {
  asio::error_code problem;
  return socket.remote_endpoint(problem).address();
}

std::string words_for(const asio::error_code& problem) {
  if (problem == asio::error::eof) return "the peer hung up";
  if (problem == asio::error::operation_aborted || problem == asio::error::bad_descriptor) {
    return "the connection was closed here";
  }
  return problem.message();
}

Task<> sleep_for(Duration duration) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  timer.expires_after(duration);
  asio::error_code ignored;
  co_await timer.async_wait(into(ignored));
}

Task<> guarded(Task<> part, std::function<void(std::string)> on_throw) {
  try {
    co_await std::move(part);
  } catch (const std::exception& thrown) {
    if (!is_cancelled(thrown)) on_throw(thrown.what());
  }
}

}  // namespace tideline::wire
