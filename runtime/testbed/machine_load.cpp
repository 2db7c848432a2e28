#include "runtime/testbed/machine_load.h"

#include <cmath>
#include <thread>

namespace tideline::testbed {
namespace {

bool is_share(double value) {
  return value >= 0 && value <= 1;  // Also false for NaN.
}

void append(std::vector<std::string>& all, const std::vector<std::string>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

}  // namespace

std::optional<std::string> shortfall(std::string_view what, double asked, double reached, std::string_view why) {
  if (std::abs(reached - asked) <= 0.1 * asked) return std::nullopt;
  return fmt::format("{}: asked for {:.0f} %, reached {:.0f} %, since {}", what, 100 * asked, 100 * reached, why);
}

Result<MachineLoad::Reached> MachineLoad::impose(const LoadShares& asked) {
  const auto before = paged_meanwhile();
  Result<void> done =
      error(ErrorKind::invalid, "a load is a share from 0 % to 100 %, not {} and {}", asked.cpu, asked.memory);
  if (is_share(asked.cpu) && is_share(asked.memory)) done = replace(asked);
  if (done) {
    auto reached = measure(asked);
    if (before) reached.remarks.insert(reached.remarks.begin(), *before);
    return reached;
  }
  cpu_.reset();
  memory_.reset();
  shares_ = {};
  return done.error();
}

std::optional<std::string> MachineLoad::paged_meanwhile() const {
  if (!memory_) return std::nullopt;
  const auto now = read_paging(options_.roots);
  const auto passed = Clock::now() - held_since_;
  if (!rates_between(held_.machine, now.machine, passed).pages() &&
      !rates_between(held_.group, now.group, passed).pages())
    return std::nullopt;
  return fmt::format("memory load: while {:.0f} % were held, {}", 100 * shares_.memory,
                     *paging_remark(held_, now, passed));
}

Result<void> MachineLoad::replace(const LoadShares& asked) {
  // An old CPU load is removed first, so that it does not slow the growth of the memory load.
  if (asked.cpu != shares_.cpu) cpu_.reset(), shares_.cpu = 0;
  if (asked.memory != shares_.memory) memory_.reset(), shares_.memory = 0;
  if (asked.memory > 0 && !memory_) {
    const auto before = read_paging(options_.roots);
    const auto from = Clock::now();
    auto load = MemoryLoad::start(asked.memory, options_.roots, options_.grouped, from + options_.growth);
    if (!load) return load.error();
    memory_ = std::move(*load);
    paged_growing_ = paging_remark(before, read_paging(options_.roots), Clock::now() - from);
  }
  if (asked.cpu > 0 && !cpu_) {
    auto load = CpuLoad::start(asked.cpu, options_.roots, options_.grouped);
    if (!load) return load.error();
    cpu_ = std::move(*load);
  }
  shares_ = asked;
  return {};
}

MachineLoad::Reached MachineLoad::measure(const LoadShares& asked) {
  Reached reached;
  held_ = read_paging(options_.roots);
  held_since_ = Clock::now();
  if (cpu_) measure_cpu(asked.cpu, reached);
  if (memory_) {
    std::this_thread::sleep_until(held_since_ + options_.settling + options_.window);
    measure_memory(asked.memory, reached);
  }
  return reached;
}

void MachineLoad::measure_cpu(double asked, Reached& reached) const {
  std::this_thread::sleep_for(options_.settling);
  reached.shares.cpu = cpu_->measure(options_.window);
  reached.cpu_left = cpu_->left(options_.contest);
  append(reached.remarks, cpu_->remarks());
  if (auto remark =
          shortfall("cpu load", asked, reached.shares.cpu, "other processes use the rest; end them, or ask for less"))
    reached.remarks.push_back(*remark);
  reached.remarks.push_back(
      fmt::format("cpu load: {:.0f} % of the CPU are left for the measured program", 100 * *reached.cpu_left));
}

void MachineLoad::measure_memory(double asked, Reached& reached) const {
  reached.shares.memory = memory_->measure();
  append(reached.remarks, memory_->remarks());
  if (const auto swapped = memory_->swapped(); swapped.count > 0)
    reached.remarks.push_back(fmt::format("memory load: {} of it were swapped out", to_string(swapped)));
  if (auto remark = shortfall("memory load", asked, reached.shares.memory,
                              "some memory is always left, or other processes took it meanwhile; ask for less"))
    reached.remarks.push_back(*remark);
  const auto paging = paging_remark(held_, read_paging(options_.roots), Clock::now() - held_since_);
  if (paging)
    reached.remarks.push_back("memory load: " + *paging);
  else if (paged_growing_)
    reached.remarks.push_back(
        fmt::format("memory load: while it was taken, {}; now memory is only full", *paged_growing_));
}

}  // namespace tideline::testbed
