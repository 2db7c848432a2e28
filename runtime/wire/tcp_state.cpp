#include "runtime/wire/tcp_state.h"

// Not netinet/tcp.h, which lacks the newer fields.
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstddef>
#include <limits>

namespace tideline::wire {
namespace {

using std::chrono::microseconds;

constexpr auto kUnknown = std::numeric_limits<decltype(tcp_info::tcpi_min_rtt)>::max();

}  // namespace

std::optional<TcpState> read_tcp_state(int descriptor) {
  tcp_info told{};
  socklen_t size = sizeof told;
  if (::getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &told, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_delivered) + sizeof told.tcpi_delivered) return std::nullopt;
  int outstanding = 0;
  if (::ioctl(descriptor, SIOCOUTQ, &outstanding) != 0 || outstanding < 0) return std::nullopt;
  TcpState state;
  state.at = Clock::now();
  state.acked.count = told.tcpi_bytes_acked;
  state.delivered = told.tcpi_delivered;
  state.gap = told.tcpi_sacked != 0 || told.tcpi_lost != 0 || told.tcpi_retrans != 0;
  state.outstanding.count = static_cast<std::uint64_t>(outstanding);
  state.busy = microseconds(told.tcpi_busy_time);
  state.held_by_peer = microseconds(told.tcpi_rwnd_limited);
  state.held_by_buffer = microseconds(told.tcpi_sndbuf_limited);
  state.starved = told.tcpi_delivery_rate_app_limited != 0;
  state.rtt = microseconds(told.tcpi_rtt);
  if (told.tcpi_min_rtt != 0 && told.tcpi_min_rtt != kUnknown) state.least_rtt = microseconds(told.tcpi_min_rtt);
  state.window.count = std::uint64_t{told.tcpi_snd_cwnd} * told.tcpi_snd_mss;
  return state;
}

}  // namespace tideline::wire
