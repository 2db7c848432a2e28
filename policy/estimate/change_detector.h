// ChangeDetector: tells when an event that may happen now and then has become usual, with a known rate of false alarms.
//
// Page's CUSUM (E. S. Page, "Continuous inspection schemes", Biometrika 41, 1954) for blocks of time. In each block the
// event happens or not; `usual` is p0, `changed` is p1:
//   M <- max(M, 1) * (it happened ? p1 / p0 : (1 - p1) / (1 - p0));  alarm once M >= c
// Suppose the event has at most the chance p0 in each block, whatever happened before. Then an alarm comes on average
// only after c blocks or more (G. Lorden, "Procedures for reacting to a change in distribution", Annals of Mathematical
// Statistics 42, 1971; for blocks that depend on one another J. Shin, A. Ramdas and A. Rinaldo, "E-detectors",
// arXiv:2203.03532). M stays at c at most. The alarm ends once M is back at 1. A value.
#pragma once

namespace tideline::estimate {

class ChangeDetector {
 public:
  struct Design {
    double usual = 0.5;     // p0, above 0.
    double changed = 0.95;  // p1, above p0, below 1.
    double blocks = 1e6;    // c, above 1.
  };
  explicit ChangeDetector(const Design& design);

  void update(bool happened);

  bool alarmed() const { return alarmed_; }
  double evidence() const;  // ln M / ln c: 0 to 1; an alarm comes at 1.

 private:
  double up_, down_, most_;  // Logarithms of the two factors, and of c. Constant.
  double log_ = 0;           // ln M.
  bool alarmed_ = false;
};

}  // namespace tideline::estimate
