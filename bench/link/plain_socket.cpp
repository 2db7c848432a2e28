// plain_socket cloud ADDRESS | plain_socket edge ADDRESS PORT: times the same bytes over a blocking socket.
//
// The simplest program: no frames, no threads, no checks. The cloud accepts one edge.
#include "bench/link/line_protocol.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string_view>

namespace {

using namespace tideline;

bool write_all(int socket, const std::vector<char>& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::send(socket, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

bool read_all(int socket, std::vector<char>& bytes) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t n = ::recv(socket, bytes.data() + done, bytes.size() - done, 0);
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

sockaddr_in address_of(const char* host, int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  ::inet_pton(AF_INET, host, &address.sin_addr);
  return address;
}

int tuned(int socket) {
  const int yes = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  return socket;
}

int cloud(const char* host) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = address_of(host, 0);
  socklen_t size = sizeof address;
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener, plain, size) != 0 || ::listen(listener, 1) != 0) return 71;
  ::getsockname(listener, plain, &size);
  std::cout << "ready " << ntohs(address.sin_port) << std::endl;
  const int socket = tuned(::accept(listener, nullptr, nullptr));
  std::vector<char> request(kUp);
  const std::vector<char> answer(kDown);
  while (read_all(socket, request) && write_all(socket, answer)) continue;
  ::close(socket);
  ::close(listener);
  return 0;
}

int edge(const char* host, int port) {
  const int socket = tuned(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = address_of(host, port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return 69;
  const std::vector<char> request(kUp);
  std::vector<char> answer(kDown);
  answer_lines("a blocking socket", [&](const std::string&, const std::vector<std::size_t>& numbers) {
    return timed(numbers.at(0), [&] { return write_all(socket, request) && read_all(socket, answer); });
  });
  ::close(socket);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "cloud") return cloud(argv[2]);
  if (argc == 4 && std::string_view(argv[1]) == "edge") return edge(argv[2], std::stoi(argv[3]));
  std::cerr << "usage: plain_socket cloud ADDRESS, or plain_socket edge ADDRESS PORT\n";
  return 64;
}
