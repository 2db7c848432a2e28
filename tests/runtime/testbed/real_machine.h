// What the tests of the stage share: waiting with a deadline, folders and interfaces that clean up, a dumb link.
#pragma once

#include "runtime/base/kernel_files.h"
#include "runtime/link/link.h"
#include "runtime/testbed/process.h"

#include <gtest/gtest.h>
#include <net/if.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace tideline::testbed {

inline bool eventually(const std::function<bool()>& holds, Duration patience = std::chrono::seconds(20)) {
  const auto until = Clock::now() + patience;
  while (!holds()) {
    if (Clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

inline bool runs(pid_t pid) {
  const auto status = read_small_file("/proc/" + std::to_string(pid) + "/stat");
  return status && status->find(") Z") == std::string::npos;
}

inline std::string run_ip(std::vector<std::string> words) {
  words.insert(words.begin(), "/usr/sbin/ip");
  const auto end = run_program(words, Clock::now() + std::chrono::seconds(20));
  if (!end) return end.error().message;
  return end->code == 0 ? "" : end->output;
}

inline std::string shown_qdiscs(const std::string& interface) {
  const auto end =
      run_program({"/usr/sbin/tc", "qdisc", "show", "dev", interface}, Clock::now() + std::chrono::seconds(20));
  return end ? end->output : end.error().message;
}

// A network interface whose other end is in a namespace of its own.
class Veth {
 public:
  Veth() : name_("tl" + std::to_string(::getpid())), space_("tideline-" + std::to_string(::getpid())) {
    why_not_ = run_ip({"netns", "add", space_});
    if (why_not_.empty())
      why_not_ = run_ip({"link", "add", name_, "type", "veth", "peer", "name", "tlpeer", "netns", space_});
  }
  ~Veth() {
    run_ip({"link", "del", name_});
    run_ip({"netns", "del", space_});
  }
  const std::string& name() const { return name_; }
  const std::string& why_not() const { return why_not_; }  // Empty when it is there.

 private:
  const std::string name_;
  const std::string space_;
  std::string why_not_;
};

// Answers nothing and remembers what it was asked.
class FakeLink final : public link::Link {
 public:
  std::unique_ptr<link::Pending> send(wire::TailRequest) override { return nullptr; }
  void probe(Bytes payload) override {
    probes.push_back(payload);
    if (on_probe) on_probe(payload);
  }
  Result<wire::LoadAnswer> impose(const wire::CloudLoad& asked, TimePoint) override {
    loads.push_back(asked);
    return answer;
  }
  void limit(std::optional<BitsPerSecond> rate) override { limits.push_back(rate); }
  void delay(Duration added) override { delays.push_back(added); }
  link::LinkState state() const override {
    link::LinkState state;
    state.up = up;
    return state;
  }

  bool up = true;
  Result<wire::LoadAnswer> answer = wire::LoadAnswer{};
  std::function<void(Bytes)> on_probe;
  std::vector<Bytes> probes;
  std::vector<wire::CloudLoad> loads;
  std::vector<std::optional<BitsPerSecond>> limits;
  std::vector<Duration> delays;
};

}  // namespace tideline::testbed
