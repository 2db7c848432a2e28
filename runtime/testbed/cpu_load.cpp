#include "runtime/testbed/cpu_load.h"

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <random>
#include <thread>

namespace tideline::testbed {
namespace {

using Nanoseconds = std::int64_t;
constexpr Nanoseconds kSlice = 10'000'000;     // On average.
constexpr Nanoseconds kMostDebt = 5 * kSlice;  // A worker does not catch up on older misses than this.

// All functions up to run_worker() run after fork: async-signal-safe.

Nanoseconds read_clock(clockid_t clock) {
  timespec t{};
  ::clock_gettime(clock, &t);
  return Nanoseconds{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

void spin_until(clockid_t clock, Nanoseconds end) {
  volatile double x = 1;
  while (read_clock(clock) < end)
    for (int i = 0; i < 2000; ++i) x = x * 1.000001;
}

void sleep_until(Nanoseconds end) {
  const auto left = end - read_clock(CLOCK_MONOTONIC);
  if (left <= 0) return;
  const timespec t{static_cast<time_t>(left / 1'000'000'000), static_cast<long>(left % 1'000'000'000)};
  ::nanosleep(&t, nullptr);
}

// Returns the length of a slice, 0.5 to 1.5 of the average. A measured program, or a quota, may have a rhythm of its
// own: with equal slices it would always meet the same part.
double slice_length(std::minstd_rand& random) {
  return 0.5 + static_cast<double>(random()) / static_cast<double>(std::minstd_rand::max());
}

void run_worker(int line, double share) {
  std::uint64_t start = 0;
  if (!worker_hears(line, start)) return;
  std::minstd_rand random(static_cast<std::uint32_t>(read_clock(CLOCK_MONOTONIC)));
  for (auto slice_end = read_clock(CLOCK_MONOTONIC); owner_lives(line);) {
    const auto now = read_clock(CLOCK_MONOTONIC);
    const double length = slice_length(random);
    slice_end = std::max(slice_end, now - kMostDebt) + static_cast<Nanoseconds>(length * kSlice);
    if (share >= 1) {
      spin_until(CLOCK_MONOTONIC, now + kSlice);
    } else {
      spin_until(CLOCK_PROCESS_CPUTIME_ID,
                 read_clock(CLOCK_PROCESS_CPUTIME_ID) + static_cast<Nanoseconds>(length * share * kSlice));
      sleep_until(slice_end);
    }
  }
}

// Uses a core until `end` and returns the CPU time that it got.
Duration compete_until(TimePoint end) {
  const auto before = read_clock(CLOCK_THREAD_CPUTIME_ID);
  while (Clock::now() < end) spin_until(CLOCK_MONOTONIC, read_clock(CLOCK_MONOTONIC) + kSlice / 10);
  return std::chrono::nanoseconds(read_clock(CLOCK_THREAD_CPUTIME_ID) - before);
}

}  // namespace

Result<std::unique_ptr<CpuLoad>> CpuLoad::start(double share, const MachineRoots& roots, bool grouped) {
  const auto room = cpu_room(roots);
  if (!room)
    return error(ErrorKind::invalid, "cpu load: cannot read this machine's cores from {}", roots.proc.string());
  // At a share of 1 all spin, also under a quota: the scheduler decides on which core the quota is used.
  const double each = share >= 1 ? 1 : share * room->capacity / room->cores;
  auto crew =
      LoadWorkers::start(CgroupController::cpu, room->cores, [each](int line) { run_worker(line, each); }, grouped);
  if (!crew) return crew.error().within("cpu load");
  std::unique_ptr<CpuLoad> load(new CpuLoad(*room, std::move(*crew)));
  load->bound(share);
  for (const auto& worker : load->crew_->workers())
    if (auto begun = worker->say(1); !begun) return begun.error().within("cpu load");
  return load;
}

void CpuLoad::bound(double share) {
  if (!crew_->why_no_group().empty())
    remarks_.push_back("cpu load: no control group of its own: " + crew_->why_no_group());
  if (!crew_->group()) return;
  if (auto weighed = crew_->group()->weigh_as(room_.cores); !weighed) remarks_.push_back(weighed.error().message);
  // An upper limit, far enough above the target that it never throttles a worker that keeps its share.
  const double lid = share * room_.capacity * 1.25 + 0.05;
  if (lid >= room_.capacity) return;
  if (auto limited = crew_->group()->limit_cpu(lid); !limited) remarks_.push_back(limited.error().message);
}

Duration CpuLoad::used() const {
  Duration sum{};
  for (const auto& worker : crew_->workers()) sum += worker->cpu_time().value_or(Duration{});
  return sum;
}

double CpuLoad::measure(Duration window) const {
  const auto from = Clock::now();
  const auto before = used();
  std::this_thread::sleep_until(from + window);
  const auto spent = used() - before;
  return share_of_room(spent, Clock::now() - from);
}

double CpuLoad::left(Duration window) const {
  const auto from = Clock::now();
  std::vector<Duration> got(static_cast<std::size_t>(room_.cores));
  {
    std::vector<std::jthread> threads;
    threads.reserve(got.size());
    for (Duration& each : got) threads.emplace_back([&each, from, window] { each = compete_until(from + window); });
  }
  return share_of_room(std::accumulate(got.begin(), got.end(), Duration{}), Clock::now() - from);
}

// Under a quota, a window may contain parts of one slice too many.
double CpuLoad::share_of_room(Duration spent, Duration passed) const {
  return std::min(1.0, seconds(spent) / (seconds(passed) * room_.capacity));
}

}  // namespace tideline::testbed
