#include "runtime/stage/machine_load.h"

#include <cmath>
#include <thread>

namespace tideline {
namespace {

bool is_share(double value) {
  return value >= 0 && value <= 1;  // False for what is no number, too.
}

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

std::optional<std::string> shortfall(std::string_view what, double asked, double reached) {
  if (std::abs(reached - asked) <= 0.1 * asked) return std::nullopt;
  return fmt::format("{}: asked for {:.0f} %, reached {:.0f} %", what, 100 * asked, 100 * reached);
}

Result<MachineLoad::Reached> MachineLoad::impose(const LoadShares& asked) {
  Result<void> done =
      error(ErrorKind::invalid, "a load is a share from 0 % to 100 %, not {} and {}", asked.cpu, asked.memory);
  if (is_share(asked.cpu) && is_share(asked.memory)) done = replace(asked);
  if (done) return measure(asked);
  cpu_.reset();
  memory_.reset();
  shares_ = {};
  return done.error();
}

Result<void> MachineLoad::replace(const LoadShares& asked) {
  // A CPU load that goes away goes first, so that it does not slow the growth of the memory load.
  if (asked.cpu != shares_.cpu) cpu_.reset(), shares_.cpu = 0;
  if (asked.memory != shares_.memory) memory_.reset(), shares_.memory = 0;
  if (asked.memory > 0 && !memory_) {
    auto load = MemoryLoad::start(asked.memory, options_.roots, options_.grouped, Clock::now() + options_.growth);
    if (!load) return load.error();
    memory_ = std::move(*load);
  }
  if (asked.cpu > 0 && !cpu_) {
    auto load = CpuLoad::start(asked.cpu, options_.roots, options_.grouped);
    if (!load) return load.error();
    cpu_ = std::move(*load);
  }
  shares_ = asked;
  return {};
}

MachineLoad::Reached MachineLoad::measure(const LoadShares& asked) const {
  Reached reached;
  if (cpu_) {
    std::this_thread::sleep_for(options_.settling);
    reached.shares.cpu = cpu_->measure(options_.window);
    append(reached.remarks, cpu_->remarks());
    if (auto remark = shortfall("cpu load", asked.cpu, reached.shares.cpu)) reached.remarks.push_back(*remark);
  }
  if (memory_) {
    reached.shares.memory = memory_->measure();
    append(reached.remarks, memory_->remarks());
    if (const auto swapped = memory_->swapped(); swapped.count > 0)
      reached.remarks.push_back(fmt::format("memory load: {} of it were swapped out", to_string(swapped)));
    if (auto remark = shortfall("memory load", asked.memory, reached.shares.memory)) reached.remarks.push_back(*remark);
  }
  return reached;
}

}  // namespace tideline
