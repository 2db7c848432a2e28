// Health: what is remembered of how one of several peers answered, and what follows from it: outlier ejection.
//
// A peer that fails again and again, or is far slower than its siblings, is ejected: no request is sent to it for a
// time, which doubles with every ejection up to a bound. When the time is over it is let back carefully: one request
// alone, and when that was answered, a share of them that grows (slow start). At most half of the peers are ejected.
// A value and functions that read or change one; time comes in with the question. A Health belongs to one thread.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/time.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace tideline {

struct HealthRule {
  int failures = 5;                                   // In a row, for which a peer is ejected.
  double failure_share = 0.3;                         // Of its requests, smoothed over the last 20 or so, likewise.
  double slower = 4;                                  // Times the median of its siblings, likewise.
  Duration slower_by = std::chrono::milliseconds(5);  // At least; less is noise.
  int answers = 5;                                    // Of a peer, before they are compared with its siblings'.
  Duration first_ejection = std::chrono::seconds(5);
  Duration longest_ejection = std::chrono::seconds(300);
  Duration slow_start = std::chrono::seconds(10);
  double least_share = 0.1;                          // In slow start.
  Duration rest = std::chrono::milliseconds(100);    // After it said that it is overloaded, at least,
  Duration longest_rest = std::chrono::seconds(10);  // and at most.
  Duration forget = std::chrono::seconds(10);        // Answers that are older tell nothing of now.
};

// The answers of one peer to one plan, smoothed.
struct AnswerTimes {
  Duration took{};     // From send to answer.
  Duration queue{};    // In the cloud.
  Duration service{};  // Decoding and running in the cloud.
  int answers = 0;
  TimePoint last;
};

struct Ejection {
  TimePoint until;
  std::string why;
};

struct Health {
  int failures = 0;          // In a row.
  double failure_share = 0;  // Smoothed.
  int requests = 0;          // That failure_share was smoothed over; counted no further than needed.
  std::map<Plan, AnswerTimes> times;
  int ejections = 0;  // Since it was last well for long.
  Duration last_ejection{};
  std::optional<Ejection> ejected;  // Kept until a request was answered after it.
  std::optional<TimePoint> back;    // Since when it is, or is again, among those that are asked.
  std::optional<TimePoint> rests_until;
};

// The peer came, or came again: its slow start begins.
void begin(Health& health, TimePoint now);

void succeeded(Health& health, const Plan& plan, const AnswerTimes& answer, TimePoint now, const HealthRule& rule);
void failed(Health& health, const HealthRule& rule);
// `away` is how long it said to stay away; zero where it did not.
void overloaded(Health& health, Duration away, TimePoint now, const HealthRule& rule);

// Returns why `all[which]` has to be ejected; nothing when it need not, is already, or half of all are.
std::optional<std::string> outlier(std::span<const Health* const> all, std::size_t which, const Plan& plan,
                                   TimePoint now, const HealthRule& rule);
void eject(Health& health, std::string why, TimePoint now, const HealthRule& rule);

// Returns the probability with which the peer takes part in a choice, 0 to 1; `outstanding` requests are under way
// there.
double share(const Health& health, std::size_t outstanding, TimePoint now, const HealthRule& rule);

// Returns what is known of its answers to `plan` and still tells something; null when nothing is.
const AnswerTimes* answer_times(const Health& health, const Plan& plan, TimePoint now, const HealthRule& rule);

}  // namespace tideline
