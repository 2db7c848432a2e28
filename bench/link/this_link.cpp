// this_link cloud ADDRESS NAME=MODEL... | this_link edge ADDRESS PORT: our link and our cloud, as the agent uses them.
//
// The edge answers "echo COUNT" by milliseconds. It answers "rate BATCH COUNT" by the rate in bit/s that each upload of
// BATCH rows showed, with "+" before a lower bound, and last the estimator's result for all of them.
#include "bench/link/line_protocol.h"
#include "runtime/cloud/cloud_server.h"
#include "runtime/link/tcp_link.h"
#include "runtime/monitor/traffic.h"

#include <algorithm>
#include <mutex>
#include <string_view>

namespace {

using namespace tideline;

constexpr Duration kLong = std::chrono::seconds(60);
constexpr std::int64_t kRow = 2048;
constexpr std::int64_t kMostRows = 1024;

class Listener final : public link::LinkListener {
 public:
  void on_sample(const plan::LinkSample& sample) override {
    const std::lock_guard lock(m_);
    traffic_.on_sample(sample);
    if (sample.uplink) told_ += fmt::format("{}{:.0f} ", sample.uplink->exact ? "" : "+", sample.uplink->value.value);
  }
  std::string take() {
    const std::lock_guard lock(m_);
    const auto estimate = traffic_.read(Clock::now()).now.uplink;
    return std::exchange(told_, {}) + (estimate ? fmt::format("{:.0f}", estimate->value) : "0");
  }

 private:
  std::mutex m_;
  monitor::Traffic traffic_{nullptr};
  std::string told_;
};

Tensor zeros(Shape shape) {
  const std::vector<std::byte> bytes(byte_count(DType::fp32, shape)->count);
  return Tensor::copy_of(DType::fp32, shape, bytes);
}

class Edge {
 public:
  Edge(const char* host, std::uint16_t port) : link_(options(host, port), &listener_, silent_log()) {}

  Result<void> answer_input() {
    if (auto up = link_.wait_up(Clock::now() + kLong); !up) return up;
    for (const auto& [digest, name] : link_.state().models)
      (name == "echo" ? echo_ : rows_) = {digest, 0, plan::Codec::fp32};
    answer_lines("our link", [this](const std::string& word, const std::vector<std::size_t>& numbers) {
      if (word == "rate") return rate(static_cast<std::int64_t>(numbers.at(0)), numbers.at(1));
      const Tensor tensor = zeros({1, kUp / 4});
      return timed(numbers.at(0), [&] { return ask(echo_, tensor, kDown / 4); });
    });
    return {};
  }

 private:
  static link::TcpLink::Options options(const char* host, std::uint16_t port) {
    link::TcpLink::Options options;
    options.peer = {host, port};
    return options;
  }
  // The network returns the first `numbers` of each row.
  bool ask(const plan::Plan& plan, const Tensor& tensor, std::int64_t numbers) {
    const TimePoint until = Clock::now() + kLong;
    const std::int64_t rows = tensor.shape().front();
    const std::vector<TensorSpec> outputs{{"", DType::fp32, {rows, numbers}}};
    const auto answer = link_.send({plan, {tensor}, until, static_cast<std::uint32_t>(rows), outputs})->wait(until);
    if (answer && !*answer) std::cerr << answer->error().message << "\n";
    return answer && *answer;
  }
  std::string rate(std::int64_t rows, std::size_t count) {
    const Tensor tensor = zeros({rows, kRow});
    bool fine = true;
    for (std::size_t i = 0; i < count && fine; ++i) fine = ask(rows_, tensor, 1);
    return fine ? listener_.take() : "broken";
  }

  Listener listener_;
  link::TcpLink link_;
  plan::Plan echo_, rows_;
};

Result<void> run_cloud(const char* host, const std::vector<std::string>& named) {
  model::set_compute_threads(1);
  std::vector<cloud::CloudServer::Named> models;
  for (const std::string& one : named) {
    const std::size_t equals = std::min(one.find('='), one.size() - 1);
    auto model = model::Model::load(one.substr(equals + 1), {.max_batch = kMostRows});
    if (!model) return model.error();
    models.push_back({one.substr(0, equals), std::move(*model)});
  }
  cloud::CloudServer::Options options;
  options.listen = {host, 0};
  const auto server = cloud::CloudServer::start(options, std::move(models), silent_log());
  if (!server) return server.error();
  answer_lines(std::to_string((*server)->port()),
               [](const std::string&, const std::vector<std::size_t>&) { return "?"; });
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  Result<void> done = error(ErrorKind::invalid, "write this_link cloud ADDRESS NAME=MODEL..., or edge ADDRESS PORT");
  if (argc >= 4 && std::string_view(argv[1]) == "cloud") done = run_cloud(argv[2], {argv + 3, argv + argc});
  if (argc == 4 && std::string_view(argv[1]) == "edge")
    done = Edge(argv[2], static_cast<std::uint16_t>(std::stoi(argv[3]))).answer_input();
  return done ? 0 : (fmt::print(stderr, "this_link: {}\n", done.error().message), 70);
}
