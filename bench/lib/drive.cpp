// drive: sends inferences to an agent at a fixed rate (open loop) and writes one CSV line per request.
//
// It sends one tensor of random numbers again and again; or with --images photos, in turn.
//
// A request's latency counts from when it was due, not from when a client was free to send it. So a slow answer does
// not hide the wait of later requests. Every output is compared with the edge's own: bit for bit, or for a lossy codec
// within a tolerance.
#include "bench/lib/live_view.h"
#include "bench/lib/request_body.h"
#include "policy/plan/plan.h"
#include "profiler/fit/statistics.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace tideline;
using nlohmann::json;

struct Options {
  std::string host = "127.0.0.1";
  int port = 8080;
  std::string model;
  double rate = 2;
  double seconds = 10;
  std::string out;
  std::string title = "drive";
  std::string images;    // A folder; empty: random numbers are sent.
  std::string answers;   // What the edge alone answers to them.
  double tolerance = 0;  // As a share of the largest output, for answers by a lossy codec.
  bool rival = false;    // The server is no agent: it answers the photo alone.
  double start = 0;      // On the steady clock, seconds; 0: at once.
};

constexpr int kClients = 24;
constexpr std::array kStages{"queue_us", "head_us", "encode_us", "uplink_us", "tail_us", "total_us"};
constexpr auto kTimeout = std::chrono::seconds(20);

struct Request {
  double due_s = 0;
  double latency_ms = 0;
  int status = 0;  // HTTP status; 0 if there was no answer.
  std::string placement;
  int cut = -1;
  bool wrong = false;
  std::string codec;
  std::array<std::uint64_t, kStages.size()> stages{};  // As the agent reports them.
};

httplib::Client connect(const Options& options) {
  httplib::Client client(options.host, options.port);
  client.set_keep_alive(true);
  client.set_tcp_nodelay(true);
  client.set_read_timeout(kTimeout);
  return client;
}

json get(const Options& options, const std::string& path) {
  auto client = connect(options);
  const auto answer = client.Get(path);
  return answer && answer->status == 200 ? json::parse(answer->body, nullptr, false) : json();
}

bool is_lossless(const std::string& codec) {
  const auto known = plan::parse_codec(codec);
  return known && plan::is_lossless(*known);
}

// All requests; the clients write them, the view reads them.
class Record {
 public:
  explicit Record(double tolerance) : tolerance_(tolerance) {}

  void add(double due_s, double latency_ms, const Reply& reply, const std::string& expected) {
    Request request{.due_s = due_s, .latency_ms = latency_ms, .status = reply.status};
    if (reply.status == 200) {
      const json parameters = reply.header.value("parameters", json::object());
      request.placement = parameters.value("placement", "?");
      request.cut = parameters.value("cut", -1);
      request.codec = parameters.value("codec", "?");
      for (std::size_t i = 0; i < kStages.size(); ++i) request.stages[i] = parameters.value(kStages[i], 0u);
      const double tolerance = is_lossless(request.codec) ? 0 : tolerance_;
      request.wrong = reply.outputs != expected && (tolerance == 0 || !is_close(reply.outputs, expected, tolerance));
    }
    const std::lock_guard lock(m_);
    requests_.push_back(std::move(request));
  }

  Tally tally() const {
    const std::lock_guard lock(m_);
    Tally tally;
    std::vector<double> latencies;
    for (const Request& r : requests_) {
      ++(r.status == 200 ? tally.answered : tally.failed);
      tally.wrong += r.wrong ? 1 : 0;
      if (r.status == 200) latencies.push_back(r.latency_ms);
    }
    if (latencies.empty()) return tally;
    tally.last_ms = latencies.back();
    tally.p50_ms = fit::quantile(latencies, 0.5);
    tally.p99_ms = fit::quantile(latencies, 0.99);
    return tally;
  }

  bool write(const std::string& file, std::uint64_t moves) const {
    const std::lock_guard lock(m_);
    std::ofstream out(file);
    out << "# moves " << moves << "\ndue_s,latency_ms,status,placement,cut,wrong,codec,"
        << fmt::format("{}\n", fmt::join(kStages, ","));
    for (const Request& r : requests_)
      out << fmt::format("{:.3f},{:.3f},{},{},{},{},{},{}\n", r.due_s, r.latency_ms, r.status, r.placement, r.cut,
                         r.wrong ? 1 : 0, r.codec, fmt::join(r.stages, ","));
    return static_cast<bool>(out.flush());
  }

 private:
  const double tolerance_;
  mutable std::mutex m_;
  std::vector<Request> requests_;  // Guarded by m_.
};

// Sends the requests that no other client has taken, each when it is due.
void send_all(const Options& options, const std::vector<RequestBody>& bodies, TimePoint start, std::atomic<int>& next,
              Record& record) {
  auto client = connect(options);
  for (;;) {
    const int number = next++;
    const double due_s = number / options.rate;
    if (due_s >= options.seconds) return;
    const TimePoint due = start + from_seconds(due_s);
    std::this_thread::sleep_until(due);
    const RequestBody& body = bodies[static_cast<std::size_t>(number) % bodies.size()];
    const Reply reply = options.rival ? post_photo(client, body) : post(client, options.model, body);
    record.add(due_s, milliseconds(Clock::now() - due), reply, body.expected);
  }
}

// Waits for the given start time and returns it; returns now if none was given, or if it has passed.
TimePoint wait_for_start(const Options& options) {
  const TimePoint asked{std::chrono::duration_cast<Duration>(std::chrono::duration<double>(options.start))};
  if (options.start > 0 && asked < Clock::now())
    fmt::print(stderr, "drive: --start has passed; starting now, not together with the other processes\n");
  const TimePoint start = std::max(asked, Clock::now());
  std::this_thread::sleep_until(start);
  return start;
}

std::uint64_t moves(const Options& options) {
  const json status = get(options, "/api/status");
  std::uint64_t sum = 0;
  for (const json& model : status.value("models", json::array())) sum += model.value("moves", 0);
  return sum;
}

// Returns one request of random numbers, and what the edge alone answers to it.
RequestBody random_body(const Options& options, const json& input) {
  const json status = get(options, "/api/status");
  const auto last_cut = status.at("models").at(0).at("cuts").size() - 1;
  auto client = connect(options);
  const Reply own = post(client, options.model, tensor_body(input, {{"binary_data_output", true}, {"cut", last_cut}}));
  if (own.status != 200)
    throw std::runtime_error(fmt::format("the edge alone gives no answer (HTTP status {})", own.status));
  RequestBody body = tensor_body(input, {{"binary_data_output", true}});
  body.expected = own.outputs;
  return body;
}

// Returns the requests that are sent in turn. Throws if no agent serves the model, unless the server is none.
std::vector<RequestBody> bodies_of(const Options& options) {
  if (options.rival) return image_bodies(options.images, options.answers);
  const json metadata = get(options, "/v2/models/" + options.model);
  if (!metadata.is_object())
    throw std::runtime_error(fmt::format("no agent serves {} at {}:{}", options.model, options.host, options.port));
  if (options.images.empty()) return {random_body(options, metadata.at("inputs").at(0))};
  return image_bodies(options.images, options.answers);
}

int drive(const Options& options) {
  const std::vector<RequestBody> bodies = bodies_of(options);
  Record record(options.tolerance);
  std::atomic<int> next{0};
  const std::uint64_t moves_before = options.rival ? 0 : moves(options);
  const TimePoint start = wait_for_start(options);
  {
    std::vector<std::jthread> clients;
    for (int i = 0; i < kClients; ++i) clients.emplace_back([&] { send_all(options, bodies, start, next, record); });
    LiveView view(options.title);
    for (Duration at{}; !options.rival && seconds(at) < options.seconds; at = Clock::now() - start) {
      view.show(at, get(options, "/api/status").dump(), options.model, record.tally());
      std::this_thread::sleep_for(view.pause());
    }
  }
  const Tally tally = record.tally();
  if (!record.write(options.out, options.rival ? 0 : moves(options) - moves_before))
    return fmt::print(stderr, "drive: cannot write {}\n", options.out), 73;
  return tally.wrong == 0 ? 0 : 70;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app("Sends inferences to an agent at a fixed rate and writes one CSV line per request", "drive");
  app.add_option("--host", options.host);
  app.add_option("--port", options.port);
  app.add_option("--model", options.model)->required();
  app.add_option("--rate", options.rate, "requests per second")->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds)->check(CLI::Range(0.1, 3600.0));
  app.add_option("--out", options.out, "the CSV file")->required();
  app.add_option("--title", options.title);
  app.add_option("--tolerance", options.tolerance,
                 "the largest error of answers by a lossy codec, as a share of the largest number")
      ->check(CLI::Range(0.0, 1.0));
  auto* const answers = app.add_option("--answers", options.answers, "what the edge alone answers: JSON, by image");
  auto* const images =
      app.add_option("--images", options.images, "a folder of JPEGs that are sent in turn")->needs(answers);
  app.add_flag("--rival", options.rival, "the server is no agent: it answers a JPEG at / by bare numbers")
      ->needs(images);
  app.add_option("--start", options.start, "when to start, in seconds of the monotonic clock");
  CLI11_PARSE(app, argc, argv);
  try {
    return drive(options);
  } catch (const std::exception& e) {
    return fmt::print(stderr, "drive: {}\n", e.what()), 70;
  }
}
