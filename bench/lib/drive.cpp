// drive: sends inferences to an agent at a given rate (open loop) and writes one CSV line per request.
//
// It sends one tensor of random numbers again and again; or with --images photos, in turn.
//
// A request's latency counts from when it was due, not from when it was sent. So a slow answer does not hide the wait
// of later requests. If requests are sent late, because too many are under way or this machine is busy, drive says so
// and fails: it has asked for less than it was told to. Every output is compared with the edge's own: bit for bit, or
// for a lossy codec within a tolerance.
#include "bench/lib/arrivals.h"
#include "bench/lib/live_view.h"
#include "bench/lib/open_loop.h"
#include "bench/lib/record.h"
#include "bench/lib/request_body.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
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
  Arrivals arrivals = Arrivals::periodic;
  std::uint64_t seed = 1;
  std::size_t most_in_flight = 256;
  double most_late_ms = 100;
  std::string out;
  std::string title = "drive";
  std::string images;    // A folder; empty: random numbers are sent.
  std::string answers;   // What the edge alone answers to them.
  double tolerance = 0;  // As a share of the largest output, for answers by a lossy codec.
  bool rival = false;    // The server is no agent: it answers the photo alone.
  double start = 0;      // On the steady clock, seconds; 0: at once.
};

constexpr double kMostRequests = 1e6;
constexpr auto kTimeout = std::chrono::seconds(20);

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

// What the senders share.
struct Sending {
  const Options& options;
  const std::vector<RequestBody>& bodies;
  const std::vector<double>& due_s;
  TimePoint start;
  Record& record;
};

// Returns a sender with a connection of its own.
OpenLoop::Sender make_sender(const Sending& sending) {
  // A std::function must be copyable, which a client is not.
  return [&sending, client = std::make_shared<httplib::Client>(connect(sending.options))](std::size_t number) {
    const TimePoint due = sending.start + from_seconds(sending.due_s[number]);
    const double late_ms = milliseconds(Clock::now() - due);
    const RequestBody& body = sending.bodies[number % sending.bodies.size()];
    const Options& options = sending.options;
    const Reply reply = options.rival ? post_photo(*client, body) : post(*client, options.model, body);
    const double latency_ms = milliseconds(Clock::now() - due);
    sending.record.add({.due_s = sending.due_s[number], .latency_ms = latency_ms, .late_ms = late_ms}, reply,
                       body.expected);
  };
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

// Returns false, and says so, iff requests were sent later than allowed.
bool was_in_time(const Options& options, const Record& record) {
  const Record::Lateness lateness = record.lateness(options.most_late_ms);
  if (lateness.late == 0) return true;
  fmt::print(stderr,
             "drive: {} of {} requests were sent more than {} ms late, the latest by {:.0f} ms; this run does not "
             "count: lower --rate, raise --most-in-flight, or free a core\n",
             lateness.late, lateness.all, options.most_late_ms, lateness.most_ms);
  return false;
}

// Sends all requests, and shows the agent meanwhile; returns once all are answered.
void send_all(const Sending& sending) {
  const Options& options = sending.options;
  OpenLoop loop(options.most_in_flight, [&sending] { return make_sender(sending); });
  const std::jthread running([&] { loop.run(sending.start, sending.due_s); });
  LiveView view(options.title);
  for (Duration at{}; !options.rival && seconds(at) < options.seconds; at = Clock::now() - sending.start) {
    view.show(at, get(options, "/api/status").dump(), options.model, sending.record.tally());
    std::this_thread::sleep_for(view.pause());
  }
}

int drive(const Options& options) {
  if (options.rate * options.seconds > kMostRequests)
    throw std::runtime_error(
        fmt::format("{} requests per second for {} s are more than {} requests; lower --rate or --seconds",
                    options.rate, options.seconds, kMostRequests));
  const std::vector<RequestBody> bodies = bodies_of(options);
  const std::vector<double> due_s = arrival_times(options.arrivals, options.rate, options.seconds, options.seed);
  Record record(options.tolerance);
  const std::uint64_t moves_before = options.rival ? 0 : moves(options);
  send_all({.options = options, .bodies = bodies, .due_s = due_s, .start = wait_for_start(options), .record = record});
  if (!record.write(options.out, options.rival ? 0 : moves(options) - moves_before))
    return fmt::print(stderr, "drive: cannot write {}\n", options.out), 73;
  if (!was_in_time(options, record)) return 75;
  return record.tally().wrong == 0 ? 0 : 70;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  std::string arrivals = "periodic";
  CLI::App app("Sends inferences to an agent at a given rate and writes one CSV line per request", "drive");
  app.add_option("--host", options.host);
  app.add_option("--port", options.port);
  app.add_option("--model", options.model)->required();
  app.add_option("--rate", options.rate, "requests per second")->check(CLI::PositiveNumber);
  app.add_option("--seconds", options.seconds)->check(CLI::Range(0.1, 3600.0));
  app.add_option("--arrivals", arrivals, "when requests are due: poisson, periodic, or bursts of five")
      ->check(CLI::IsMember({"poisson", "periodic", "bursts"}));
  app.add_option("--seed", options.seed, "of the arrivals by poisson");
  app.add_option("--most-in-flight", options.most_in_flight, "requests at once; each has a thread")
      ->check(CLI::Range(1, 4096));
  app.add_option("--most-late", options.most_late_ms, "milliseconds by which a request may be sent after it was due")
      ->check(CLI::Range(1.0, 60000.0));
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
  options.arrivals = *parse_arrivals(arrivals);
  try {
    return drive(options);
  } catch (const std::exception& e) {
    return fmt::print(stderr, "drive: {}\n", e.what()), 70;
  }
}
