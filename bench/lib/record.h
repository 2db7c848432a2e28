// Record: what became of the requests of `drive`, and its CSV file.
//
// Thread-safe: senders add requests, the live view reads the tally.
#pragma once

#include "bench/lib/live_view.h"
#include "bench/lib/request_body.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace tideline {

class Record {
 public:
  // How late the generator itself was.
  struct Lateness {
    std::size_t late = 0;  // Requests that began later than allowed.
    std::size_t all = 0;
    double most_ms = 0;
  };
  struct Times {
    double due_s = 0;       // From the start.
    double latency_ms = 0;  // From when the request was due.
    double late_ms = 0;     // From when it was due until it began.
  };

  // `tolerance` is that of is_close(), for answers by a lossy codec. Others must equal the expected ones, bit for bit.
  explicit Record(double tolerance) : tolerance_(tolerance) {}

  void add(const Times& times, const Reply& reply, const std::string& expected);
  Tally tally() const;
  Lateness lateness(double allowed_ms) const;
  // Writes a line on the plan's moves, a header, and a row per request. Returns false iff that fails.
  bool write(const std::string& file, std::uint64_t moves) const;

 private:
  static constexpr std::array kStages{"queue_us", "head_us", "encode_us", "uplink_us", "tail_us", "total_us"};

  struct Request {
    Times times;
    int status = 0;  // HTTP status; 0 if there was no answer.
    std::string placement;
    int cut = -1;
    bool wrong = false;
    std::string codec;
    std::array<std::uint64_t, kStages.size()> stages{};  // As the agent reports them.
  };

  const double tolerance_;
  mutable std::mutex m_;
  std::vector<Request> requests_;  // Guarded by m_.
};

}  // namespace tideline
