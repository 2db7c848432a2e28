// What the tests of links and clouds share: a model, a cloud on loopback, a listener that remembers, a raw peer.
#pragma once

#include "runtime/cloud/cloud_server.h"
#include "runtime/codec/codec.h"
#include "runtime/link/tcp_link.h"
#include "runtime/model/api/model.h"
#include "runtime/model/zoo/zoo.h"
#include "runtime/wire/frame.h"
#include "runtime/wire/message.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace tideline::wire {

inline TimePoint within(Duration duration) {
  return Clock::now() + duration;
}
inline constexpr Duration kLong = std::chrono::seconds(30);  // Longer than anything that works takes.

// Returns true iff `state` became true before kLong had passed.
inline bool comes_true(const std::function<bool()>& state) {
  for (const TimePoint end = within(kLong); Clock::now() < end;) {
    if (state()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return state();
}

// The smallest network of the zoo, loaded once per program.
inline std::shared_ptr<const model::Model> lenet() {
  static const std::shared_ptr<const model::Model> model = [] {
    const std::string name = "tideline_net_test_" + std::to_string(::getpid()) + ".pt";
    const std::filesystem::path file = std::filesystem::temp_directory_path() / name;
    const Result<void> written = zoo::write_zoo_model("lenet", 1, file);
    if (!written) throw std::runtime_error(written.error().message);
    Result<std::shared_ptr<const model::Model>> loaded = model::Model::load(file, {});
    std::filesystem::remove(file);
    if (!loaded) throw std::runtime_error(loaded.error().message);
    return *loaded;
  }();
  return model;
}

// Runs each tail alone, so that answers can be compared bit for bit.
inline std::unique_ptr<cloud::CloudServer> start_cloud(cloud::CloudServer::Options options = {}) {
  options.tails.most_together = 1;
  if (options.listen.host.empty()) options.listen.host = "127.0.0.1";
  Result<std::unique_ptr<cloud::CloudServer>> cloud =
      cloud::CloudServer::start(options, {{"lenet", lenet()}}, silent_log());
  if (!cloud) throw std::runtime_error(cloud.error().message);
  return std::move(*cloud);
}

inline link::TcpLink::Options to_port(std::uint16_t port) {
  link::TcpLink::Options options;
  options.peer = {"127.0.0.1", port};
  return options;
}

// One request for the tail of `cut`, and what the model itself makes of it.
struct Asked {
  std::vector<Tensor> input;
  TailRequest request;
};

inline Asked ask(std::uint32_t cut, std::uint64_t seed, plan::Codec codec = plan::Codec::fp32,
                 Duration patience = kLong) {
  const auto model = lenet();
  const std::vector<Tensor> tensors = *model->run(model->head(cut), model::random_tensors(model->inputs(), seed));
  TailRequest request{{model->digest(), cut, codec}, {}, within(patience), 1, at_batch(model->outputs(), 1)};
  for (const Tensor& tensor : tensors) request.wire.push_back(codec::encode(codec, tensor));
  return {tensors, std::move(request)};
}

// A request for the cut that ships most, so that there is time while it is under way.
inline Asked big_request() {
  const auto cuts = lenet()->cuts();
  const auto most = std::max_element(cuts.begin(), cuts.end(),
                                     [](const model::Cut& a, const model::Cut& b) { return a.bytes < b.bytes; });
  return ask(most->index, 1);
}

inline std::vector<Tensor> expected(const Asked& asked) {
  const plan::Plan& plan = asked.request.plan;
  std::vector<Tensor> decoded;
  for (std::size_t i = 0; i < asked.input.size(); ++i) {
    const TensorSpec& spec = lenet()->cuts()[plan.cut].tensors[i];
    const Tensor wire = codec::encode(plan.codec, asked.input[i]);
    decoded.push_back(*codec::decode(plan.codec, spec, wire.data(), wire.bytes().size()));
  }
  return *lenet()->run(lenet()->tail(plan.cut), decoded);
}

inline bool same(const std::vector<Tensor>& a, const std::vector<Tensor>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), identical);
}

// Returns true iff a request over the link is answered as it should be.
inline bool serves(link::TcpLink& link) {
  if (!link.wait_up(within(kLong))) return false;
  const Asked asked = ask(1, 3);
  const auto answer = link.send(asked.request)->wait(within(kLong));
  return answer && *answer && same((*answer)->outputs, expected(asked));
}

class Remembered final : public link::LinkListener {
 public:
  void on_sample(const plan::LinkSample& sample) override {
    const std::lock_guard lock(m_);
    samples_.push_back(sample);
  }
  std::vector<plan::LinkSample> samples() const {
    const std::lock_guard lock(m_);
    return samples_;
  }
  std::vector<BitsPerSecond> uplinks() const {
    std::vector<BitsPerSecond> out;
    for (const plan::LinkSample& sample : samples()) {
      if (sample.uplink) out.push_back(sample.uplink->value);
    }
    return out;
  }
  std::vector<BitsPerSecond> exact_uplinks() const {
    std::vector<BitsPerSecond> out;
    for (const plan::LinkSample& sample : samples()) {
      if (sample.uplink && sample.uplink->exact) out.push_back(sample.uplink->value);
    }
    return out;
  }
  Duration last_rtt() const {
    Duration last{};
    for (const plan::LinkSample& sample : samples()) last = sample.rtt.value_or(last);
    return last;
  }
  std::size_t rtts() const {
    const std::vector<plan::LinkSample> all = samples();
    return static_cast<std::size_t>(
        std::count_if(all.begin(), all.end(), [](const plan::LinkSample& sample) { return sample.rtt.has_value(); }));
  }

 private:
  mutable std::mutex m_;
  std::vector<plan::LinkSample> samples_;  // Guarded by m_.
};

}  // namespace tideline::wire
