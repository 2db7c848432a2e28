#include "runtime/monitor/traffic.h"

#include <utility>

namespace tideline::monitor {

void Traffic::relate_to(std::shared_ptr<const table::PartitionTable> table) {
  const std::lock_guard lock(m_);
  telemetry_.relate_to(std::move(table));
}

void Traffic::on_head(const plan::Plan& plan, Duration head, TimePoint at) {
  const std::lock_guard lock(m_);
  telemetry_.on_head(plan, head, at);
}

void Traffic::on_tail(const plan::Plan& plan, Duration tail, TimePoint at) {
  const std::lock_guard lock(m_);
  telemetry_.on_tail(plan, tail, at);
}

void Traffic::on_head_waited(double share) {
  const std::lock_guard lock(m_);
  telemetry_.on_head_waited(share);
}

void Traffic::on_throttled(std::optional<double> share) {
  const std::lock_guard lock(m_);
  telemetry_.on_throttled(share);
}

void Traffic::on_cloud_queue(Duration wait, TimePoint at) {
  const std::lock_guard lock(m_);
  telemetry_.on_cloud_queue(wait, at);
}

void Traffic::on_encoded(const plan::Plan& plan, Bytes wire, TimePoint at) {
  const std::lock_guard lock(m_);
  telemetry_.on_encoded(plan, wire, at);
}

void Traffic::on_sample(const plan::LinkSample& sample) {
  const std::lock_guard lock(m_);
  telemetry_.on_link_sample(sample);
}

void Traffic::on_sent(Bytes bytes, TimePoint at) {
  sent_->add(bytes, at);
  const std::lock_guard lock(m_);
  telemetry_.on_sent();
}

void Traffic::forget_round_trips() {
  const std::lock_guard lock(m_);
  telemetry_.forget_round_trips();
}

estimate::Telemetry::Reading Traffic::read(TimePoint now, const plan::Conditions& others) const {
  const std::lock_guard lock(m_);
  return telemetry_.read(now, others);
}

bool Traffic::is_stalled(TimePoint now) const {
  const std::lock_guard lock(m_);
  return telemetry_.is_stalled(now);
}

Traffic::HeadWatch::HeadWatch(Traffic* traffic, const plan::Plan& plan, TimePoint began) : traffic_(traffic) {
  if (!traffic_) return;
  const std::lock_guard lock(traffic_->m_);
  head_ = traffic_->telemetry_.head_began(plan, began);
}

Traffic::HeadWatch::~HeadWatch() {
  if (!traffic_) return;
  const std::lock_guard lock(traffic_->m_);
  traffic_->telemetry_.head_ended(head_);
}

}  // namespace tideline::monitor
