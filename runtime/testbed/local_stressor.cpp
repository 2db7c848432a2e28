#include "runtime/testbed/local_stressor.h"

#include <spdlog/spdlog.h>

namespace tideline::testbed {

Result<wire::LoadAnswer> LocalStressor::impose(const wire::CloudLoad& asked) {
  const std::lock_guard lock(m_);
  const auto reached = load_.impose({asked.cpu, asked.memory});
  if (!reached) return reached.error();
  for (const auto& remark : reached->remarks) log_->info("{}", remark);
  return wire::LoadAnswer{{reached->shares.cpu, reached->shares.memory}, reached->remarks};
}

}  // namespace tideline::testbed
