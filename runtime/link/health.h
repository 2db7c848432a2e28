// Health: the record of one peer's answers, and the outlier ejection that follows from it.
//
// A peer that fails repeatedly, or is far slower than its siblings, is ejected: it gets no requests for a time. That
// time doubles with every ejection, up to a bound. Then it gets one trial request, and after its answer a growing share
// of requests (slow start). At most half of the peers are ejected. A value, and functions that read or change it; the
// caller passes the time in. A Health belongs to one thread.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/priority.h"
#include "runtime/base/time.h"
#include "runtime/link/rests.h"

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace tideline::link {

struct HealthRule {
  int failures = 5;                                   // In a row: then the peer is ejected.
  double failure_share = 0.3;                         // Of its requests, smoothed over about 20: then it is ejected.
  double slower = 4;                                  // Times the median of its siblings: then it is ejected.
  Duration slower_by = std::chrono::milliseconds(5);  // And at least so much slower; less is noise.
  int answers = 5;                                    // Of a peer, before its times are compared.
  Duration first_ejection = std::chrono::seconds(5);
  Duration longest_ejection = std::chrono::seconds(300);
  Duration slow_start = std::chrono::seconds(10);
  double least_share = 0.1;                          // In slow start.
  Duration rest = std::chrono::milliseconds(100);    // Least pause after a refusal as overloaded.
  Duration longest_rest = std::chrono::seconds(10);  // Longest such pause.
  Duration forget = std::chrono::seconds(10);        // Older answers do not count.
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
  int requests = 0;          // In failure_share; counted only as far as needed.
  std::map<plan::Plan, AnswerTimes> times;
  int ejections = 0;  // Since its last long healthy period.
  Duration last_ejection{};
  std::optional<Ejection> ejected;  // Kept until a request is answered after it.
  std::optional<TimePoint> back;    // Since when it gets requests (again).
  Rests rests;                      // After refusals as overloaded.
};

// The peer has connected, or reconnected: its slow start begins.
void begin(Health& health, TimePoint now);

void succeeded(Health& health, const plan::Plan& plan, const AnswerTimes& answer, TimePoint now,
               const HealthRule& rule);
void failed(Health& health, const HealthRule& rule);
// What a peer refused as overloaded.
struct Overload {
  Priority priority = kUsualPriority;  // Of the tail.
  Duration away{};                     // The peer's retry-after; zero if it gave none.
};
void overloaded(Health& health, const Overload& refused, TimePoint now, const HealthRule& rule);

// Returns why `all[which]` must be ejected; nothing if it need not be, already is, or half of all are.
std::optional<std::string> outlier(std::span<const Health* const> all, std::size_t which, const plan::Plan& plan,
                                   TimePoint now, const HealthRule& rule);
void eject(Health& health, std::string why, TimePoint now, const HealthRule& rule);

// What a peer is chosen for.
struct Choice {
  std::size_t outstanding = 0;  // Requests that it has.
  Priority priority = kUsualPriority;
};
// Returns the probability, 0 to 1, that the peer takes part in that choice.
double share(const Health& health, const Choice& choice, TimePoint now, const HealthRule& rule);

// Returns the peer's answer times for `plan`; null if there are none recent enough.
const AnswerTimes* answer_times(const Health& health, const plan::Plan& plan, TimePoint now, const HealthRule& rule);

}  // namespace tideline::link
