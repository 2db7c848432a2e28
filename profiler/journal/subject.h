// Stage and Subject: the interfaces through which the profiler loads machines and measures. runtime/ implements them.
//
//   const Result<ImposedLoad> imposed = stage.impose({.uplink = 10_Mbps, .edge_cpu = 0.5});
//   const Result<TimedInference> timed = subject.time(plan);
//   const std::vector<Result<Agreement>> agreements = subject.agree(plans_of_a_cut, stop);
//   const Result<std::vector<Bytes>> bytes = subject.stream(plans_of_a_cut);
//   if (timed) log("{}", to_string(timed->terms.total()));
#pragma once

#include "policy/plan/agreement.h"
#include "policy/plan/conditions.h"
#include "policy/table/table.h"
#include "runtime/base/result.h"

#include <atomic>
#include <span>
#include <string>
#include <vector>

namespace tideline::journal {

struct ImposedLoad {
  plan::Stress achieved;             // As measured, not as asked.
  std::vector<std::string> remarks;  // Shortfalls, for the reader of the journal.

  bool operator==(const ImposedLoad&) const = default;
};

// Imposes a stress on machines and link. The destructor undoes it, and so does any exit of the process, kill -9
// included. Belongs to one thread.
class Stage {
 public:
  virtual ~Stage() = default;

  // Replaces the previous stress. Returns invalid if `asked` is impossible here (no permission, no such interface): the
  // caller then reports the cell as not imposed.
  virtual Result<ImposedLoad> impose(const plan::Stress& asked) = 0;
};

struct TimedInference {
  table::Terms terms;
  plan::Conditions seen;  // Slowdowns are absent: they are computed from the terms of many inferences.
  Bytes wire;             // Bytes on the link, without headers.
};

// The model under measurement. Belongs to one thread.
class Subject {
 public:
  virtual ~Subject() = default;

  // Serves one inference by `plan` and returns the times of its parts. Returns unavailable if another plan served it
  // (the link broke, the edge fell back): the caller then repeats the measurement.
  virtual Result<TimedInference> time(const plan::Plan& plan) = 0;

  // Serves a sample of inputs by each of `plans` and compares the answers with those of the whole network in fp32. The
  // head runs once for each input. Returns one result for each plan: a plan that fails does not end the others. Returns
  // unavailable for all that are not compared to the end once `stop` is true. REQUIRES: the plans are of one cut, and
  // either all send tensors or all send images.
  virtual std::vector<Result<plan::Agreement>> agree(std::span<const plan::Plan> plans,
                                                     const std::atomic<bool>& stop) = 0;

  // Encodes a sequence of frames by each of `plans`, each frame with the one before as its reference. Returns the mean
  // bytes of the frames after the first. REQUIRES: the campaign has a sequence, the plans are of one cut, and their
  // codecs are of steps.
  virtual Result<std::vector<Bytes>> stream(std::span<const plan::Plan> plans) = 0;
};

}  // namespace tideline::journal
