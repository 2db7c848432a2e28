// LearningParts: what a Learner works with.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/base/gate.h"
#include "runtime/base/log.h"
#include "runtime/base/slot.h"
#include "runtime/engine/engine.h"
#include "runtime/engine/kept_inputs.h"
#include "runtime/engine/learning_status.h"
#include "runtime/link/link.h"
#include "runtime/monitor/traffic.h"

namespace tideline::modes {

// All pointers must outlive the learner.
struct LearningParts {
  config::Config config;
  NamedModel named;
  link::Link* link = nullptr;
  monitor::Traffic* traffic = nullptr;
  Gate* compute = nullptr;
  const engine::Engine* engine = nullptr;
  const engine::KeptInputs* kept = nullptr;      // What clients sent; null: nothing of it is kept.
  Slot<engine::LearningStatus>* told = nullptr;  // Where it says how far it is.
  Log log;
};

}  // namespace tideline::modes
