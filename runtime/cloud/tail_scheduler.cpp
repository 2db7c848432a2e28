#include "runtime/cloud/tail_scheduler.h"

#include "runtime/cloud/batch_run.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace tideline::cloud {
namespace {

constexpr Duration kLook = std::chrono::milliseconds(20);  // The largest delay of a refusal.

Error full(Duration wait) {
  return error(ErrorKind::overloaded, "the cloud's queue is full").after(wait);
}

Error too_late(Duration wait) {
  return error(ErrorKind::overloaded, "deadline passed in the cloud's queue; retry later").after(wait);
}

// REQUIRES: the batch failed.
BatchLearner::FailedBatch failure_of(const std::vector<TailQueue::Waiting>& batch, const BatchRun& ran) {
  BatchLearner::FailedBatch failed{batch.size(), {}, ran.took.error().message};
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (!ran.told[i].outputs) failed.spoilt_by.push_back(batch[i].job.from.peer);
  return failed;
}

}  // namespace

TailScheduler::TailScheduler(BatchOptions options, const TailRunner& runner, Log log)
    : options_(options),
      runner_(runner),
      log_(std::move(log)),
      learner_(options),
      free_at_(static_cast<std::size_t>(options.slots)) {
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
  std::optional<TailQueue::Waiting> out;
  Duration out_for{};
  {
    const std::lock_guard lock(m_);
    const TailKind kind = learner_.kind_for(runner_.kind_of(job.requested.asked), job.from.peer);
    const Priority priority = job.requested.asked.priority;
    const Duration wait = wait_before(job.from, priority);
    // A tail that need not wait always runs: it may now take less than was measured.
    const Duration run = learner_.time(kind, 1);
    const Duration left = job.deadline - Clock::now();
    if (wait > Duration{} && wait + run > left) {
      return error(ErrorKind::overloaded, "the cloud is busy for {}, and the answer would come too late",
                   to_string(wait))
          .after(wait + run - left);
    }
    if (queue_.size() >= options_.queue_limit) {
      out = queue_.make_room_for(job.from.peer, priority);
      if (!out) return full(wait);
      out_for = wait_before(out->job.from, out->job.requested.asked.priority);
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
  const TimePoint until = learner_.hold_until(queue_.front().kind, queue_.front().job.deadline);
  changed_.wait_until(lock, until, [this] { return closing_ || queue_.empty() || !others_may_come(); });
  return true;
}

// No tail is held for others while another kind waits.
bool TailScheduler::others_may_come() const {
  const std::size_t alike = queue_.alike();
  return alike == queue_.size() && alike < learner_.expected(queue_.front().kind);
}

// Returns the predicted wait of a new tail of `from`, unless higher ones come.
Duration TailScheduler::wait_before(const TailJob::From& from, Priority priority) const {
  const TimePoint first_free = *std::min_element(free_at_.begin(), free_at_.end());
  const Duration running = std::max(first_free - Clock::now(), Duration{});
  const double each = learner_.seconds_each() / static_cast<double>(free_at_.size());
  return running + from_seconds(each * static_cast<double>(queue_.before(from, priority)));
}

// Removes late and unwanted tails. Returns false, without having released the lock, if there are none.
bool TailScheduler::dismiss_late(std::unique_lock<std::mutex>& lock) {
  const TimePoint now = Clock::now();
  const auto over = [now](const TailJob& job) { return job.deadline <= now || !job.wanted(); };
  const Batch late = queue_.take_if(over);
  if (late.empty()) return false;
  std::vector<Duration> waits;
  for (const auto& [job, kind] : late) waits.push_back(wait_before({}, job.requested.asked.priority));
  lock.unlock();
  for (std::size_t i = 0; i < late.size(); ++i)
    if (const TailJob& job = late[i].job; job.wanted()) job.answer({too_late(waits[i]), now - job.arrived, {}, {}, 0});
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
  if (!learner_.needs_trial(kind) || queue_.alike() < 2) return false;
  learner_.on_trial(kind, false);  // Until it is known.
  lock.unlock();
  const Result<void> tried = runner_.try_together(kind);
  if (!tried)
    log_->warn("cut {} of model {:.12}: requests run one by one: {}", kind.plan.cut, kind.plan.model,
               tried.error().message);
  lock.lock();
  learner_.on_trial(kind, static_cast<bool>(tried));
  return true;
}

void TailScheduler::run_next(std::unique_lock<std::mutex>& lock, std::size_t slot) {
  Batch batch = queue_.take(learner_.choose(queue_.front().kind, queue_.alike()));
  const TailKind kind = batch.front().kind;
  const std::size_t together = batch.size();
  free_at_[slot] = Clock::now() + learner_.time(kind, together);
  lock.unlock();
  BatchRun ran = run_batch(runner_, batch);
  lock.lock();
  free_at_[slot] = {};
  ++runs_[together];
  learner_.on_run(kind, together, ran.took);
  std::string lesson;
  if (!ran.took && together > 1) lesson = learner_.on_failure(kind, failure_of(batch, ran));
  lock.unlock();
  if (!lesson.empty()) log_->warn("cut {} of model {:.12}: {}", kind.plan.cut, kind.plan.model, lesson);
  for (std::size_t i = 0; i < together; ++i) batch[i].job.answer(std::move(ran.told[i]));
  batch.clear();
  lock.lock();
}

}  // namespace tideline::cloud
