// One frame of each type, built by the encoder: what golden/*.hex holds byte for byte.
#pragma once

#include "runtime/wire/frame.h"
#include "runtime/wire/message.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::wire {

inline constexpr std::string_view kSampleDigest = "00112233445566778899aabbccddeeff0123456789abcdef0123456789abcdef";
inline constexpr std::string_view kSampleTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

inline std::vector<std::byte> frame_bytes(FrameType type, std::uint64_t id, const FrameMeta& head,
                                          std::string_view payload = {}) {
  const FrameHeader header{type, id, static_cast<std::uint32_t>(head.size()), payload.size()};
  const auto first = encode(header);
  std::vector<std::byte> bytes(first.size() + head.size() + payload.size());
  auto at = std::copy(first.begin(), first.end(), bytes.begin());
  at = std::copy(head.begin(), head.end(), at);
  std::transform(payload.begin(), payload.end(), at, [](char c) { return static_cast<std::byte>(c); });
  return bytes;
}

inline Stamps sample_stamps() {
  using std::chrono::microseconds;
  return {.counted = {100'000},
          .receiving = microseconds(80'000),
          .queue = microseconds(120),
          .decode = microseconds(30),
          .run = microseconds(2500),
          .residence = microseconds(2700),
          .silence = microseconds(60'000),
          .after_silence = {1448},
          .together = 4};
}

inline RunMessage sample_run() {
  return {{std::string(kSampleDigest), 5, plan::Codec::fp16}, std::chrono::milliseconds(250), 3, {4, 2}};
}

inline RunMessage sample_run_of_stream() {
  RunMessage run = sample_run();
  run.place = {.stream = 2, .frame = 42, .reference = 41};
  run.priority = 3;
  run.trace = kSampleTrace;
  return run;
}

inline std::map<std::string, std::vector<std::byte>> sample_frames() {
  const Welcome welcome{
      {{std::string(kSampleDigest), "alexnet"}}, {{"cpu", "AMD EPYC"}, {"os", "Debian 12"}}, Precision::bf16, 3};
  const AnswerMessage answer{sample_stamps(), {{DType::fp32, {1, 2}}, {DType::uint8, {3}}}};
  const CloudLoad load{0.6, 0.25};
  return {
      {"hello", frame_bytes(FrameType::hello, 0, encode(Hello{"edge-1"}))},
      {"welcome", frame_bytes(FrameType::welcome, 0, encode(welcome))},
      {"run", frame_bytes(FrameType::run, 7, encode(sample_run()), "tensor")},
      {"run_of_stream", frame_bytes(FrameType::run, 11, encode(sample_run_of_stream()), "tensor")},
      {"refusal_of_difference",
       frame_bytes(FrameType::refusal, 11, encode(Refusal{{ErrorKind::no_reference, "the reference is gone"}}))},
      {"answer", frame_bytes(FrameType::answer, 7, encode(answer), "8 bytes.abc")},
      {"refusal",
       frame_bytes(FrameType::refusal, 8,
                   encode(Refusal{{ErrorKind::overloaded, "come again later", std::chrono::milliseconds(40)}}))},
      {"probe", frame_bytes(FrameType::probe, 9, {}, "drop me")},
      {"echo", frame_bytes(FrameType::echo, 9, encode(sample_stamps()))},
      {"impose", frame_bytes(FrameType::impose, 10, encode(load))},
      {"imposed", frame_bytes(FrameType::imposed, 10, encode(LoadAnswer{load, {"memory load: the machine pages"}}))},
      {"goodbye", frame_bytes(FrameType::goodbye, 0, encode(Goodbye{"it is being stopped"}))},
  };
}

}  // namespace tideline::wire
