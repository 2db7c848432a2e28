// Objective: the cost of a request in seconds: its latency, plus the price of energy, cloud time and traffic.
//
// A value and a pure function. With weights of zero the cost is the latency. Thread-safe.
#pragma once

#include "policy/predict/latency_model.h"

namespace tideline::decide {

struct Objective {
  double seconds_per_joule = 0;         // Price of a joule that the edge spends.
  double seconds_per_cloud_second = 0;  // Price of a second of cloud time.
  double seconds_per_mib = 0;           // Price of a sent MiB.
  // Power of the edge in watts while it computes, sends and waits: E = P_cpu t_head + P_tx t_upload + P_idle t_wait.
  double computing_watts = 0;
  double sending_watts = 0;
  double waiting_watts = 0;

  bool operator==(const Objective&) const = default;
};

// Returns the energy that the edge spends on a request, in joules. `edge_only`: the tail runs on the edge.
double joules(const Objective& objective, const predict::PredictedTerms& terms, bool edge_only);

// Returns the cost of a prediction, in seconds.
double cost(const Objective& objective, const predict::Prediction& prediction, bool edge_only);

}  // namespace tideline::decide
