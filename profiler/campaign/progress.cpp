#include "profiler/campaign/progress.h"

namespace tideline::campaign {

std::string_view name(Progress::Doing doing) {
  switch (doing) {
    case Progress::Doing::comparing:
      return "comparing";
    case Progress::Doing::imposing:
      return "imposing";
    case Progress::Doing::measuring:
      return "measuring";
    case Progress::Doing::anchors:
      break;
  }
  return "anchors";
}

}  // namespace tideline::campaign
