#include "policy/decide/objective.h"

namespace tideline::decide {

double joules(const Objective& objective, const predict::PredictedTerms& terms, bool edge_only) {
  const Duration computing = terms.head + terms.encode + (edge_only ? terms.tail : Duration{});
  const Duration sending = terms.upload;
  const Duration waiting = terms.total() - computing - sending;
  return objective.computing_watts * seconds(computing) + objective.sending_watts * seconds(sending) +
         objective.waiting_watts * seconds(waiting);
}

double cost(const Objective& objective, const predict::Prediction& prediction, bool edge_only) {
  double cost = seconds(prediction.mean.total());
  if (objective.seconds_per_joule > 0)
    cost += objective.seconds_per_joule * joules(objective, prediction.mean, edge_only);
  if (edge_only) return cost;
  const double mib = static_cast<double>(prediction.wire.count) / static_cast<double>((1_MiB).count);
  return cost + objective.seconds_per_cloud_second * seconds(prediction.mean.tail) + objective.seconds_per_mib * mib;
}

}  // namespace tideline::decide
