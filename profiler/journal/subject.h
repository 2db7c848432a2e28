// Stage and Subject: the three questions that the profiler asks the world. runtime/ answers them.
#pragma once

#include "policy/plan/agreement.h"
#include "policy/plan/conditions.h"
#include "policy/table/table.h"
#include "runtime/base/result.h"

#include <string>
#include <vector>

namespace tideline {

struct ImposedLoad {
  Stress achieved;                   // As verified by measuring, not as asked.
  std::vector<std::string> remarks;  // What fell short, for the reader of the journal.

  bool operator==(const ImposedLoad&) const = default;
};

// Makes the machines and the link as bad as asked. What it imposed is undone by its destructor and by any exit of the
// process, kill -9 included. Belongs to one thread.
class Stage {
 public:
  virtual ~Stage() = default;

  // Replaces whatever was imposed before. Returns invalid when `asked` is impossible here (no permission, no such
  // interface): the cell is then reported, not faked.
  virtual Result<ImposedLoad> impose(const Stress& asked) = 0;
};

struct TimedInference {
  Terms terms;
  Conditions seen;  // Slowdowns absent: they are computed from the terms of many.
  Bytes wire;       // What crossed the link, headers excluded.
};

// The thing that is measured. Belongs to one thread.
class Subject {
 public:
  virtual ~Subject() = default;

  // Serves one inference by `plan` and tells where its time went. Returns unavailable when it was served in another way
  // than by the plan (the link broke, the edge fell back): the measurement is then to be made again.
  virtual Result<TimedInference> time(const Plan& plan) = 0;

  // Serves a sample of inputs by `plan` and says how near the answers come to those of the whole network in fp32.
  virtual Result<Agreement> agree(const Plan& plan) = 0;
};

}  // namespace tideline
