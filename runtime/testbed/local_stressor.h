// LocalStressor: loads the cloud's own machine at a profiler's request.
//
// Thread-safe: it serves requests one after the other.
#pragma once

#include "runtime/base/log.h"
#include "runtime/cloud/cloud_server.h"
#include "runtime/testbed/machine_load.h"

#include <mutex>

namespace tideline::testbed {

class LocalStressor final : public cloud::Stressor {
 public:
  LocalStressor(MachineLoad::Options options, Log log) : log_(std::move(log)), load_(std::move(options)) {}

  Result<wire::LoadAnswer> impose(const wire::CloudLoad& asked) override;

 private:
  const Log log_;
  std::mutex m_;
  MachineLoad load_;  // Guarded by m_.
};

}  // namespace tideline::testbed
