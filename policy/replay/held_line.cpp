#include "policy/replay/held_line.h"

#include <algorithm>

namespace tideline::replay {
namespace {

std::vector<Seconds> free_slots(int slots) {
  return std::vector<Seconds>(static_cast<std::size_t>(std::max(1, slots)));
}

}  // namespace

HeldLine::HeldLine(const World& world, std::size_t plan)
    : world_(&world),
      plan_(plan),
      edge_(free_slots(world.setting().slots.edge)),
      cloud_(free_slots(world.setting().slots.cloud)),
      owed_(world) {}

Seconds HeldLine::serve(const Dice& dice, Seconds at) {
  Seconds& edge = *std::ranges::min_element(edge_);
  const bool computes = world_->computes_here(plan_);
  const Seconds begins_here = owed_.begins(computes ? std::max(at, edge) : at);
  RequestTimeline course = world_->begin_head(plan_, dice, begins_here);
  const bool sends = world_->sends(plan_);
  owed_.add(begins_here, world_->occupies(plan_, dice, begins_here));
  if (computes) edge = sends ? course.sent : course.answer;
  if (!sends) return course.answer;
  world_->begin_upload(course, std::max(course.sent, uplink_));
  uplink_ = course.uploaded;
  Seconds& cloud = *std::ranges::min_element(cloud_);
  const Seconds begins = std::max(course.uploaded + course.queue, cloud);
  world_->begin_tail(course, begins);
  cloud = begins + course.tail;
  return course.answer;
}

}  // namespace tideline::replay
