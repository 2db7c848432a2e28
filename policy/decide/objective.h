// Objective: what a request costs, in seconds: its latency, and what energy and the cloud are worth beside it.
//
// A value and a pure function. Weights of zero leave the latency alone. Thread-safe.
#pragma once

#include "policy/predict/latency_model.h"

namespace tideline {

struct Objective {
  double seconds_per_joule = 0;         // What a joule of the edge is worth.
  double seconds_per_cloud_second = 0;  // What a second of the cloud's time is worth.
  double seconds_per_mib = 0;           // What a MiB that is sent is worth.
  // Of the edge, in watts, while it computes, sends, and waits: E = P_cpu t_head + P_tx t_upload + P_idle t_wait.
  double computing_watts = 0;
  double sending_watts = 0;
  double waiting_watts = 0;

  bool operator==(const Objective&) const = default;
};

// Returns the energy that the edge spends on a request, in joules. `edge_only` says that its tail runs here.
double joules(const Objective& objective, const PredictedTerms& terms, bool edge_only);

// Returns the cost of a prediction, in seconds.
double cost(const Objective& objective, const Prediction& prediction, bool edge_only);

}  // namespace tideline
