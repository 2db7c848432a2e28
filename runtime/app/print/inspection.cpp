#include "runtime/app/print/inspection.h"

#include "profiler/fit/statistics.h"
#include "runtime/base/kept_memory.h"
#include "runtime/base/kernel_files.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

namespace tideline::print {
namespace {

constexpr std::uint64_t kInputSeed = 1;
constexpr std::int64_t kSeveral = 5;

Bytes resident() {
  const auto text = read_small_file("/proc/self/statm");
  if (!text) return {};
  const std::size_t space = std::min(text->find(' '), text->size());
  return {std::strtoull(text->c_str() + space, nullptr, 10) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE))};
}

// The resident memory with one run of the whole. Memory that other runs left behind is given back first.
Result<Bytes> resident_after_whole(const model::Model& model, std::span<const Tensor> inputs) {
  return_freed_memory();
  if (const auto whole = model.run(model.whole(), inputs); !whole) return whole.error();
  return resident();
}

// Computes the tensors of the cuts in order, each from kept tensors of an earlier cut.
class Crossings {
 public:
  Crossings(const model::Model& model, std::span<const Tensor> inputs)
      : model_(model), kept_(inputs.begin(), inputs.end()) {}

  // REQUIRES: cuts are asked for in order.
  Result<std::vector<Tensor>> at(std::uint32_t cut) {
    auto crossing = model_.run({from_, cut}, kept_);
    if (crossing && cut % kApart == 0) {
      from_ = cut;
      kept_ = *crossing;
    }
    return crossing;
  }

 private:
  static constexpr std::uint32_t kApart = 8;  // The distance at which heads in use are put together.

  const model::Model& model_;
  std::uint32_t from_ = 0;
  std::vector<Tensor> kept_;  // The tensors of that cut.
};

double largest_difference(const Tensor& a, const Tensor& b) {
  if (a.dtype() != DType::fp32 || a.shape() != b.shape()) return std::numeric_limits<double>::infinity();
  double most = 0;
  for (std::size_t i = 0; i < a.floats().size(); ++i) {
    const double difference = std::abs(static_cast<double>(a.floats()[i]) - static_cast<double>(b.floats()[i]));
    most = std::isnan(difference) ? std::numeric_limits<double>::infinity() : std::max(most, difference);
  }
  return most;
}

CutCheck compare(std::span<const Tensor> whole, std::span<const Tensor> parts) {
  CutCheck check;
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (identical(whole[i], parts[i])) continue;
    check.exact = false;
    check.max_abs_error = std::max(check.max_abs_error, largest_difference(whole[i], parts[i]));
  }
  return check;
}

// Counts steps, and reports them.
class Steps {
 public:
  Steps(std::string doing, std::size_t total, const StepReport& told) : told_(told), now_{std::move(doing), 0, total} {
    tell();
  }
  void next() {
    ++now_.done;
    tell();
  }

 private:
  void tell() const {
    if (told_) told_(now_);
  }

  const StepReport& told_;
  InspectionStep now_;
};

Result<void> verify_cuts(const model::Model& model, std::span<const Tensor> inputs, std::vector<CutCheck>& checks,
                         Steps& steps) {
  const auto whole = model.run(model.whole(), inputs);
  if (!whole) return whole.error();
  Crossings crossings(model, inputs);
  for (const model::Cut& cut : model.cuts()) {
    const auto crossing = crossings.at(cut.index);
    if (!crossing) return crossing.error().within(cut.name);
    const auto parts = model.run(model.tail(cut.index), *crossing);
    if (!parts) return parts.error().within(cut.name);
    const CutCheck check = compare(*whole, *parts);
    CutCheck& all = checks[cut.index];
    all = {all.exact && check.exact, std::max(all.max_abs_error, check.max_abs_error)};
    steps.next();
  }
  return {};
}

// If the batch is variable, also checks several batches.
Result<std::vector<CutCheck>> verify_cuts(const model::Model& model, std::span<const Tensor> inputs,
                                          const StepReport& told) {
  std::vector<CutCheck> checks(model.cuts().size());
  const std::int64_t several = std::min<std::int64_t>(kSeveral, model.max_batch());
  Steps steps("verify cuts", checks.size() * (several > 1 ? 2 : 1), told);
  if (const auto verified = verify_cuts(model, inputs, checks, steps); !verified) return verified.error();
  if (several > 1) {
    const auto batch = model::random_tensors(at_batch(model.inputs(), several), kInputSeed);
    if (const auto verified = verify_cuts(model, batch, checks, steps); !verified) return verified.error();
  }
  return checks;
}

// The time of one run in milliseconds; `out` takes its result.
Result<double> time_run(const model::Model& model, model::Range range, std::span<const Tensor> in,
                        std::vector<Tensor>& out) {
  const TimePoint began = Clock::now();
  auto result = model.run(range, in);
  const double ms = milliseconds(Clock::now() - began);
  if (!result) return result.error();
  out = *std::move(result);
  return ms;
}

struct Series {
  std::vector<double> whole, head, tail, ratio;
};

Result<void> time_cut(const model::Model& model, std::uint32_t cut, std::span<const Tensor> inputs, Series& series) {
  std::vector<Tensor> crossing;
  std::vector<Tensor> outputs;
  const auto whole = time_run(model, model.whole(), inputs, outputs);
  if (!whole) return whole.error();
  const auto head = time_run(model, model.head(cut), inputs, crossing);
  if (!head) return head.error();
  const auto tail = time_run(model, model.tail(cut), crossing, outputs);
  if (!tail) return tail.error();
  series.whole.push_back(*whole);
  series.head.push_back(*head);
  series.tail.push_back(*tail);
  series.ratio.push_back((*head + *tail) / *whole);
  return {};
}

// The time to spend on each cut, and the least number of runs: enough that one slow run does not move the median.
constexpr double kMillisecondsPerCut = 300;
constexpr double kFewest = 5;
constexpr double kMost = 1000;

Result<int> repetitions(const model::Model& model, std::span<const Tensor> inputs) {
  std::vector<Tensor> outputs;
  const auto whole = time_run(model, model.whole(), inputs, outputs);
  if (!whole) return whole.error();
  return static_cast<int>(std::clamp(kMillisecondsPerCut / (2 * *whole), kFewest, kMost));
}

Result<void> time_cuts(const model::Model& model, std::span<const Tensor> inputs, const StepReport& told,
                       Inspection& seen) {
  std::vector<Series> series(model.cuts().size());
  const auto times = repetitions(model, inputs);
  if (!times) return times.error();
  Steps steps("time cuts", series.size() * static_cast<std::size_t>(*times), told);
  for (int i = 0; i < *times; ++i)
    for (const model::Cut& cut : model.cuts()) {
      if (const auto timed = time_cut(model, cut.index, inputs, series[cut.index]); !timed) return timed;
      steps.next();
    }
  std::vector<double> whole;
  for (const Series& s : series) {
    seen.times.push_back(
        {from_milliseconds(fit::median(s.head)), from_milliseconds(fit::median(s.tail)), fit::median(s.ratio)});
    whole.insert(whole.end(), s.whole.begin(), s.whole.end());
  }
  seen.whole = from_milliseconds(fit::median(whole));
  return {};
}

}  // namespace

Result<Inspection> inspect(const model::Model& model, bool verify, bool time, const StepReport& told) {
  Inspection seen;
  if (!verify && !time) return seen;
  const std::vector<Tensor> inputs = model::random_tensors(model.inputs(), kInputSeed);
  if (const auto whole = model.run(model.whole(), inputs); !whole) return whole.error();
  const auto before = resident_after_whole(model, inputs);
  if (!before) return before.error();
  auto checks = verify_cuts(model, inputs, told);  // Also warms every cut, so that none is timed cold.
  if (!checks) return checks.error();
  const auto after = resident_after_whole(model, inputs);
  if (!after) return after.error();
  seen.resident_whole = *before;
  seen.resident_all_cuts = *after;
  if (verify) seen.checks = *std::move(checks);
  if (time)
    if (const auto timed = time_cuts(model, inputs, told, seen); !timed) return timed.error();
  return seen;
}

}  // namespace tideline::print
