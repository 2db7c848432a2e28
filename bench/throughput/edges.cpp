#include "bench/throughput/edges.h"

#include "runtime/wire/frame.h"
#include "runtime/wire/message.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <span>

namespace tideline {

struct Edges::Edge {
  int socket = -1;
  std::size_t question = 0;
  std::vector<std::byte> out;  // The bytes to send; those before `sent` are sent.
  std::size_t sent = 0;
  std::vector<std::byte> in;
  TimePoint asked;
  bool waits = false;
};

namespace {

[[noreturn]] void stop(std::string_view why) {
  fmt::print(stderr, "crowd: {}\n", why);
  std::exit(1);
}

constexpr Duration kPatience = std::chrono::seconds(60);

std::vector<std::byte> frame(const wire::FrameHeader& header, std::span<const std::byte> rest) {
  const auto first = encode(header);
  std::vector<std::byte> bytes(first.size() + rest.size());
  std::ranges::copy(rest, std::ranges::copy(first, bytes.begin()).out);
  return bytes;
}

// Returns the size of the frame at the beginning of `in`; nothing until its header is complete.
std::optional<std::size_t> size_of_frame(std::span<const std::byte> in) {
  if (in.size() < wire::FrameHeader::kSize) return std::nullopt;
  const auto header = wire::decode_header(in.first<wire::FrameHeader::kSize>(), {});
  if (!header) stop(header.error().message);
  return wire::FrameHeader::kSize + header->meta_size + header->payload_size;
}

int connected_to(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  const int on = 1;
  if (socket < 0 || ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    stop(fmt::format("cannot connect: {}", std::strerror(errno)));
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return socket;
}

// Sends the greeting, and receives the welcome.
void greet(int socket) {
  const wire::FrameMeta hello = encode(wire::Hello{"crowd"});
  const auto bytes = frame({wire::FrameType::hello, 0, static_cast<std::uint32_t>(hello.size()), 0}, hello);
  if (::send(socket, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) stop("cannot greet");
  std::vector<std::byte> in;
  for (std::optional<std::size_t> size; !size || in.size() < *size; size = size_of_frame(in)) {
    std::array<std::byte, 4096> some;
    const ssize_t got = ::recv(socket, some.data(), some.size(), 0);
    if (got <= 0) stop("the cloud did not welcome an edge");
    in.insert(in.end(), some.begin(), some.begin() + got);
  }
  ::fcntl(socket, F_SETFL, O_NONBLOCK);
}

}  // namespace

Edges::Edges(std::uint16_t port, const model::Model& model, std::uint32_t cut) : port_(port) {
  constexpr std::uint64_t kQuestions = 4;
  for (std::uint64_t seed = 1; seed <= kQuestions; ++seed) {
    const auto crossing = model.run(model.head(cut), model::random_tensors(model.inputs(), seed));
    if (!crossing) stop(crossing.error().message);
    const auto outputs = model.run(model.tail(cut), *crossing);
    if (!outputs) stop(outputs.error().message);
    Question question;
    question.expected.assign(outputs->front().floats().begin(), outputs->front().floats().end());
    for (const float number : question.expected) question.largest = std::max(question.largest, std::fabs(number));

    wire::RunMessage message{{model.digest(), cut, plan::Codec::fp32}, kPatience, 1, {}};
    for (const Tensor& tensor : *crossing) message.sizes.push_back(tensor.bytes().size());
    question.bytes = encode(message);
    question.meta_size = question.bytes.size();
    for (const Tensor& tensor : *crossing)
      question.bytes.insert(question.bytes.end(), tensor.bytes().begin(), tensor.bytes().end());
    questions_.push_back(std::move(question));
  }
}

Edges::~Edges() {
  for (const Edge& edge : edges_) ::close(edge.socket);
}

void Edges::connect(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    Edge edge;
    edge.socket = connected_to(port_);
    greet(edge.socket);
    edge.question = edges_.size() % questions_.size();
    edges_.push_back(std::move(edge));
  }
}

void Edges::send(Edge& edge) {
  if (edge.out.empty()) {
    const Question& question = questions_[edge.question];
    const auto meta = static_cast<std::uint32_t>(question.meta_size);
    edge.out =
        frame({wire::FrameType::run, next_id_++, meta, question.bytes.size() - question.meta_size}, question.bytes);
    edge.sent = 0;
    edge.asked = Clock::now();
    edge.waits = true;
  }
  const ssize_t gone = ::send(edge.socket, edge.out.data() + edge.sent, edge.out.size() - edge.sent, MSG_NOSIGNAL);
  if (gone < 0 && errno != EAGAIN) stop(fmt::format("a connection broke: {}", std::strerror(errno)));
  if (gone > 0) edge.sent += static_cast<std::size_t>(gone);
  if (edge.sent == edge.out.size()) edge.out.clear();
}

void Edges::judge(const Edge& edge, Seen& seen) const {
  const auto header = *wire::decode_header(std::span(edge.in).first<wire::FrameHeader::kSize>(), {});
  if (header.type == wire::FrameType::refusal) return static_cast<void>(++seen.refusals);
  const auto meta = std::span(edge.in).subspan(wire::FrameHeader::kSize, header.meta_size);
  const auto answer = wire::decode_answer(meta);
  if (header.type != wire::FrameType::answer || !answer) stop("the cloud did not answer");
  const auto& [bytes, meta_size, expected, largest] = questions_[edge.question];
  std::vector<float> got(expected.size());
  const auto payload = std::span(edge.in).subspan(wire::FrameHeader::kSize + header.meta_size);
  if (payload.size() < got.size() * sizeof(float)) stop("an answer is too short");
  std::memcpy(got.data(), payload.data(), got.size() * sizeof(float));
  float most = 0;
  for (std::size_t i = 0; i < got.size(); ++i) most = std::max(most, std::fabs(got[i] - expected[i]));
  constexpr double kRounding = 1e-3;
  const double error = most / largest;
  if (!(error <= kRounding)) ++seen.wrong;
  seen.error = std::max(seen.error, error);
  seen.together += answer->stamps.together;
  seen.latency_ms.push_back(milliseconds(Clock::now() - edge.asked));
  ++seen.answers;
}

bool Edges::receive(Edge& edge, Seen& seen) {
  std::array<std::byte, 16384> some;
  for (ssize_t got; (got = ::recv(edge.socket, some.data(), some.size(), 0)) != -1;) {
    if (got == 0) stop("the cloud hung up");
    edge.in.insert(edge.in.end(), some.begin(), some.begin() + got);
  }
  const auto size = size_of_frame(edge.in);
  if (!size || edge.in.size() < *size) return false;
  judge(edge, seen);
  edge.in.clear();
  edge.waits = false;
  return true;
}

Edges::Seen Edges::ask(std::size_t busy, Duration time) {
  Seen seen;
  const TimePoint began = Clock::now(), end = began + time;
  std::vector<pollfd> polled(busy);
  for (std::size_t i = 0; i < busy; ++i) send(edges_[i]);
  for (bool waiting = true; waiting;) {
    waiting = false;
    for (std::size_t i = 0; i < busy; ++i) {
      const short wanted = edges_[i].out.empty() ? POLLIN : POLLIN | POLLOUT;
      polled[i] = {edges_[i].waits ? edges_[i].socket : -1, wanted, 0};
      waiting = waiting || edges_[i].waits;
    }
    if (waiting && ::poll(polled.data(), polled.size(), -1) < 0) stop("poll() failed");
    for (std::size_t i = 0; i < busy; ++i) {
      if ((polled[i].revents & POLLOUT) != 0) send(edges_[i]);
      const bool answered = (polled[i].revents & ~POLLOUT) != 0 && receive(edges_[i], seen);
      if (answered && Clock::now() < end) send(edges_[i]);
    }
  }
  seen.seconds = seconds(Clock::now() - began);
  if (seen.answers > 0) seen.together /= static_cast<double>(seen.answers);
  return seen;
}

}  // namespace tideline
