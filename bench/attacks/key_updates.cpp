// key_updates PORT CERTIFICATE KEY SECONDS: one edge with a certificate that renews its TLS keys as fast as it can, and
// asks the cloud to do so, too. It reconnects if the cloud hangs up. Prints both counts.
#include "runtime/wire/frame.h"
#include "runtime/wire/message.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

namespace {

using namespace tideline;

using Context = std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)>;

int dial(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{1, 0};
  ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in to{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0) return socket;
  ::close(socket);
  return -1;
}

bool greet(SSL* tls) {
  const wire::FrameMeta head = encode(wire::Hello{"key_updates"});
  const auto header = encode(wire::FrameHeader{wire::FrameType::hello, 0, static_cast<std::uint32_t>(head.size()), 0});
  std::vector<std::byte> all(header.begin(), header.end());
  all.insert(all.end(), head.begin(), head.end());
  return SSL_write(tls, all.data(), static_cast<int>(all.size())) > 0;
}

// Returns how many it sent until the cloud hung up or the time was up.
std::uint64_t flood(const Context& context, std::uint16_t port, TimePoint until) {
  const int socket = dial(port);
  if (socket < 0) return 0;
  std::uint64_t sent = 0;
  {
    const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), SSL_free);
    SSL_set_fd(tls.get(), socket);
    if (SSL_connect(tls.get()) == 1 && greet(tls.get()))
      while (Clock::now() < until && SSL_key_update(tls.get(), SSL_KEY_UPDATE_REQUESTED) == 1 &&
             SSL_do_handshake(tls.get()) == 1)
        ++sent;
  }
  ::close(socket);
  return sent;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) return fmt::print(stderr, "usage: key_updates PORT CERTIFICATE KEY SECONDS\n"), 64;
  std::signal(SIGPIPE, SIG_IGN);
  const Context context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  if (SSL_CTX_use_certificate_chain_file(context.get(), argv[2]) != 1 ||
      SSL_CTX_use_PrivateKey_file(context.get(), argv[3], SSL_FILETYPE_PEM) != 1)
    return fmt::print(stderr, "key_updates: {} and {} are not a certificate and its key\n", argv[2], argv[3]), 66;
  const TimePoint until = Clock::now() + from_seconds(std::atof(argv[4]));
  std::uint64_t sent = 0, dialled = 0;
  for (; Clock::now() < until; ++dialled) {
    sent += flood(context, static_cast<std::uint16_t>(std::atoi(argv[1])), until);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  fmt::print("{} keys over {} connections\n", sent, dialled);
}
