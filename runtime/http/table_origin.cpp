#include "runtime/http/table_origin.h"

namespace tideline::http {

std::optional<bool> same_machine(const std::map<std::string, std::string>& measured,
                                 const std::map<std::string, std::string>& now) {
  std::optional<bool> same;
  for (const char* const key : {"architecture", "cpu", "cores"}) {
    const auto then = measured.find(key), here = now.find(key);
    if (then == measured.end() || here == now.end()) continue;
    same = same.value_or(true) && then->second == here->second;
  }
  return same;
}

}  // namespace tideline::http
