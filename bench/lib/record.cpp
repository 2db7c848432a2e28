#include "bench/lib/record.h"

#include "policy/plan/plan.h"
#include "profiler/fit/statistics.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <fstream>
#include <utility>

namespace tideline {
namespace {

using nlohmann::json;

bool is_lossless(const std::string& codec) {
  const auto known = plan::parse_codec(codec);
  return known && plan::is_lossless(*known);
}

}  // namespace

void Record::add(const Times& times, const Reply& reply, const std::string& expected) {
  Request request{.times = times, .status = reply.status};
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

Tally Record::tally() const {
  const std::lock_guard lock(m_);
  Tally tally;
  std::vector<double> latencies;
  for (const Request& r : requests_) {
    ++(r.status == 200 ? tally.answered : tally.failed);
    tally.wrong += r.wrong ? 1 : 0;
    if (r.status == 200) latencies.push_back(r.times.latency_ms);
  }
  if (latencies.empty()) return tally;
  tally.last_ms = latencies.back();
  tally.p50_ms = fit::quantile(latencies, 0.5);
  tally.p99_ms = fit::quantile(latencies, 0.99);
  return tally;
}

Record::Lateness Record::lateness(double allowed_ms) const {
  const std::lock_guard lock(m_);
  Lateness lateness{.all = requests_.size()};
  for (const Request& r : requests_) {
    lateness.late += r.times.late_ms > allowed_ms ? 1 : 0;
    lateness.most_ms = std::max(lateness.most_ms, r.times.late_ms);
  }
  return lateness;
}

bool Record::write(const std::string& file, std::uint64_t moves) const {
  const std::lock_guard lock(m_);
  std::ofstream out(file);
  out << "# moves " << moves << "\ndue_s,latency_ms,late_ms,status,placement,cut,wrong,codec,"
      << fmt::format("{}\n", fmt::join(kStages, ","));
  for (const Request& r : requests_)
    out << fmt::format("{:.3f},{:.3f},{:.3f},{},{},{},{},{},{}\n", r.times.due_s, r.times.latency_ms, r.times.late_ms,
                       r.status, r.placement, r.cut, r.wrong ? 1 : 0, r.codec, fmt::join(r.stages, ","));
  return static_cast<bool>(out.flush());
}

}  // namespace tideline
