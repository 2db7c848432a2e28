#include "runtime/cloud/tail_scheduler.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace tideline::cloud {

namespace {

constexpr Duration kLook = std::chrono::milliseconds(20);  // The largest delay of a refusal.

// Returns the result of the request at that place in the batch.
TailJob::Told part_of(Result<TailOutcome>& outcome, std::size_t place) {
  if (!outcome) return {outcome.error(), {}, {}, {}, 0};
  const auto together = static_cast<std::uint16_t>(outcome->outputs.size());
  return {std::move(outcome->outputs[place]), {}, outcome->decode, outcome->run, together};
}

Error full(Duration wait) {
  return error(ErrorKind::overloaded, "the cloud's queue is full").after(wait);
}

TailJob::Told alone(const TailRunner& runner, const RequestedTail& request) {
  Result<TailOutcome> outcome = runner.run({&request, 1});
  return part_of(outcome, 0);
}

}  // namespace

TailScheduler::TailScheduler(BatchOptions options, const TailRunner& runner, Log log)
    : options_(options), runner_(runner), log_(std::move(log)), free_at_(static_cast<std::size_t>(options.slots)) {
  for (std::size_t slot = 0; slot < free_at_.size(); ++slot) threads_.emplace_back([this, slot] { work(slot); });
  timekeeper_ = std::thread([this] { keep_time(); });
}

TailScheduler::~TailScheduler() {
  {
    const std::lock_guard lock(m_);
    closing_ = true;
  }
  changed_.notify_all();
  came_.notify_all();
  for (std::thread& thread : threads_) thread.join();
  timekeeper_.join();
}

Result<void> TailScheduler::submit(TailJob job) {
  std::optional<FairQueue::Waiting> out;
  Duration out_for{};
  {
    const std::lock_guard lock(m_);
    const TailKind kind = kind_of(job);
    const Duration wait = wait_before(job.from);
    // A tail that need not wait always runs: it may now take less than was measured.
    const Duration run = known(kind).pace.time(1).value_or(Duration{});
    const Duration left = job.deadline - Clock::now();
    if (wait > Duration{} && wait + run > left) {
      return error(ErrorKind::overloaded, "the cloud is busy for {}, and the answer would come too late",
                   to_string(wait))
          .after(wait + run - left);
    }
    if (queue_.size() >= options_.queue_limit) {
      out = queue_.make_room_for(job.from.peer);
      if (!out) return full(wait);
      out_for = wait_before(out->job.from);
    }
    queue_.push({std::move(job), kind});
  }
  changed_.notify_all();
  came_.notify_one();
  if (out && out->job.wanted()) out->job.answer({full(out_for), Clock::now() - out->job.arrived, {}, {}, 0});
  return {};
}

std::size_t TailScheduler::queued() const {
  const std::lock_guard lock(m_);
  return queue_.size();
}

std::map<std::size_t, std::uint64_t> TailScheduler::runs() const {
  const std::lock_guard lock(m_);
  return runs_;
}

void TailScheduler::work(std::size_t slot) {
  std::unique_lock lock(m_);
  while (wait_for_turn(lock)) {
    if (queue_.empty() || dismiss_late(lock) || try_together(lock)) continue;  // The queue may have changed.
    run_next(lock, slot);
  }
}

// Returns false once there will be nothing more to run.
bool TailScheduler::wait_for_turn(std::unique_lock<std::mutex>& lock) {
  changed_.wait(lock, [this] { return closing_ || !queue_.empty(); });
  if (queue_.empty()) return false;
  changed_.wait_until(lock, hold_until(), [this] { return closing_ || queue_.empty() || !others_may_come(); });
  return true;
}

// Removes late and unwanted tails. Returns false, without having released the lock, if there are none.
bool TailScheduler::dismiss_late(std::unique_lock<std::mutex>& lock) {
  const TimePoint now = Clock::now();
  const auto over = [now](const TailJob& job) { return job.deadline <= now || !job.wanted(); };
  const Batch late = queue_.take_if(over);
  if (late.empty()) return false;
  const Duration wait = wait_before({});
  lock.unlock();
  const Error why = error(ErrorKind::overloaded, "deadline passed in the cloud's queue; retry later").after(wait);
  for (const auto& [job, kind] : late)
    if (job.wanted()) job.answer({why, now - job.arrived, {}, {}, 0});
  lock.lock();
  return true;
}

// A run cannot be stopped, and may outlast the deadlines of the tails behind it.
void TailScheduler::keep_time() {
  std::unique_lock lock(m_);
  while (!closing_) {
    came_.wait(lock, [this] { return closing_ || !queue_.empty(); });
    dismiss_late(lock);
    came_.wait_for(lock, kLook, [this] { return closing_; });
  }
}

// Tries whether tails of the next one's kind may run together. Returns false, without having released the lock, if that
// is known or not needed.
bool TailScheduler::try_together(std::unique_lock<std::mutex>& lock) {
  const TailKind kind = queue_.front().kind;
  Known& about = known(kind);
  if (about.tried != Known::Tried::no || most_of(kind) < 2 || queue_.alike() < 2) return false;
  about.tried = Known::Tried::alone;  // Until it is known.
  lock.unlock();
  const Result<void> tried = runner_.try_together(kind);
  if (!tried)
    log_->warn("cut {} of model {:.12}: requests run one by one: {}", kind.plan.cut, kind.plan.model,
               tried.error().message);
  lock.lock();
  if (tried) about.tried = Known::Tried::together;
  return true;
}

void TailScheduler::run_next(std::unique_lock<std::mutex>& lock, std::size_t slot) {
  Batch batch = queue_.take(next_size());
  const TailKind kind = batch.front().kind;
  const std::size_t together = batch.size();
  free_at_[slot] = Clock::now() + known(kind).pace.time(together).value_or(Duration{});
  lock.unlock();
  Ran ran = run(batch);
  lock.lock();
  free_at_[slot] = {};
  learn(kind, together, ran.took);
  const std::string lesson = ran.took || together == 1 ? std::string() : learn_from_failure(batch, ran);
  lock.unlock();
  if (!lesson.empty()) log_->warn("cut {} of model {:.12}: {}", kind.plan.cut, kind.plan.model, lesson);
  for (std::size_t i = 0; i < together; ++i) batch[i].job.answer(std::move(ran.told[i]));
  batch.clear();
  lock.lock();
}

bool TailScheduler::Ran::failed_only_together() const {
  return !took && told.size() > 1 &&
         std::ranges::all_of(told, [](const auto& one) { return static_cast<bool>(one.outputs); });
}

TailScheduler::Ran TailScheduler::run(Batch& batch) const {
  const TimePoint started = Clock::now();
  std::vector<RequestedTail> requests;
  for (auto& [job, kind] : batch) requests.push_back(std::move(job.requested));
  Result<TailOutcome> outcome = runner_.run(requests);
  Ran ran{{}, Clock::now() - started};
  if (!outcome) ran.took = outcome.error();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Duration queue = started - batch[i].job.arrived;
    ran.told.push_back(outcome || batch.size() == 1 ? part_of(outcome, i) : alone(runner_, requests[i]));
    ran.told.back().queue = queue;
  }
  return ran;
}

}  // namespace tideline::cloud
