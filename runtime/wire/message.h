// Message: the metadata of each frame type as a value, and its encoding (runtime/wire/PROTOCOL.md).
//
// encode() never fails. decode_*() return corrupt if metadata is too short, too long, or holds an impossible value.
// A decoded message encodes to equivalent metadata. outside_text() cleans every text in both directions and cuts it to
// kLongestText bytes. Pure functions. Thread-safe.
#pragma once

#include "policy/plan/plan.h"
#include "runtime/base/precision.h"
#include "runtime/base/priority.h"
#include "runtime/base/result.h"
#include "runtime/base/tensor.h"
#include "runtime/base/time.h"
#include "runtime/wire/tail_call.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tideline::wire {

using FrameMeta = std::vector<std::byte>;

inline constexpr std::size_t kLongestText = 1024;
inline constexpr std::size_t kLongestName = 256;  // Of an edge's name.
inline constexpr std::size_t kMostRemarks = 32;
inline constexpr std::uint16_t kMostSlots = 1024;
inline constexpr Duration kLongestBudget = std::chrono::hours(24);
inline constexpr Duration kLongestStamp = kLongestBudget;  // Of any duration in metadata; no request waits longer.

struct Hello {
  std::string edge;  // Its host name, for the cloud's log.
};

struct Welcome {
  std::map<std::string, std::string> models;   // Digest -> name.
  std::map<std::string, std::string> machine;  // The cloud's fingerprint.
  Precision precision = Precision::fp32;       // The precision of its tails.
  std::uint16_t slots = 1;                     // Tails that it runs at once: 1 to kMostSlots.
};

struct RunMessage {
  plan::Plan plan;                   // REQUIRES: is_digest(plan.model).
  Duration budget{};                 // How long the edge still waits: a duration, so that no clocks are compared.
  std::uint32_t batch = 1;           // Of all tensors that vary with it.
  std::vector<std::uint64_t> sizes;  // Bytes of each tensor in the payload, in the cut's order.
  std::optional<StreamPlace> place = {};
  Priority priority = kUsualPriority;  // REQUIRES: not 0.
  std::string trace = {};              // A traceparent; empty: none. REQUIRES: empty, or is_traceparent(trace).
};

struct AnswerMessage {
  struct Output {
    DType dtype = DType::fp32;
    Shape shape;
  };
  Stamps stamps;
  std::vector<Output> outputs;  // Their bytes are consecutive in the payload.
};

struct Refusal {
  Error why;
};

struct Goodbye {
  std::string reason;
};

// Returns true iff `text` is 64 lower-case hexadecimal digits.
bool is_digest(std::string_view text);

FrameMeta encode(const Hello& message);
FrameMeta encode(const Welcome& message);
FrameMeta encode(const RunMessage& message);
FrameMeta encode(const AnswerMessage& message);
FrameMeta encode(const Refusal& message);
FrameMeta encode(const Stamps& echo);
FrameMeta encode(const CloudLoad& load);
FrameMeta encode(const LoadAnswer& loaded);  // Writes at most kMostRemarks remarks.
FrameMeta encode(const Goodbye& message);

Result<Hello> decode_hello(std::span<const std::byte> meta);
Result<Welcome> decode_welcome(std::span<const std::byte> meta);
Result<RunMessage> decode_run(std::span<const std::byte> meta);
Result<AnswerMessage> decode_answer(std::span<const std::byte> meta);
Result<Refusal> decode_refusal(std::span<const std::byte> meta);
Result<Stamps> decode_echo(std::span<const std::byte> meta);
Result<CloudLoad> decode_load(std::span<const std::byte> meta);
Result<LoadAnswer> decode_loaded(std::span<const std::byte> meta);
Result<Goodbye> decode_goodbye(std::span<const std::byte> meta);

}  // namespace tideline::wire
