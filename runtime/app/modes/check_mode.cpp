// agent --check: checks the config, the machine and the peer, and prints faults with their remedies.
#include "runtime/app/modes/choose_policy.h"
#include "runtime/app/modes/cloud_differences.h"
#include "runtime/app/modes/door_options.h"
#include "runtime/app/modes/link_security.h"
#include "runtime/app/modes/load_models.h"
#include "runtime/app/modes/load_table.h"
#include "runtime/app/modes/modes.h"
#include "runtime/app/modes/why_not_held.h"
#include "runtime/base/cpu_room.h"
#include "runtime/base/kernel_files.h"
#include "runtime/base/memory_room.h"
#include "runtime/base/own_group.h"
#include "runtime/http/bearer_token.h"
#include "runtime/link/tcp_link.h"
#include "runtime/wire/certificate_expiry.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>

namespace tideline::modes {
namespace {

constexpr Duration kConnect = std::chrono::seconds(3);
constexpr Duration kBeyondOneStep = std::chrono::seconds(1);
constexpr Duration kLook = std::chrono::milliseconds(100);

enum class Verdict { good, poor, bad };  // poor: works, but slower or with fewer features.

struct Finding {
  std::string what;
  Verdict verdict;
  std::string says;
};

Finding check_blas() {
  const std::string blas = model::engine_version().blas;
  if (blas.find("OpenBLAS") != std::string::npos || blas.find("mkl") != std::string::npos)
    return {"blas", Verdict::good, blas};
  return {"blas", Verdict::poor, fmt::format("{} is slow for networks; install libopenblas0-pthread", blas)};
}

// Kernels matter most: libtorch's own operators take several times as long.
Finding check_kernels() {
  const KernelChoice fastest = model::engine_version().kernels;
  if (fastest == KernelChoice::onednn) return {"kernels", Verdict::good, "onednn: the processor has AVX2"};
  if (fastest == KernelChoice::xnnpack)
    return {"kernels", Verdict::good, "xnnpack: oneDNN is slow on a processor without AVX2"};
  return {"kernels", Verdict::poor, "neither oneDNN nor XNNPACK is fast here; libtorch's operators compute, slowly"};
}

Finding check_cpu() {
  const auto room = cpu_room({});
  if (!room) return {"cpu", Verdict::poor, "the cores cannot be counted in /proc; set compute.threads"};
  return {
      "cpu", Verdict::good,
      fmt::format("{} cores, {:.3g} of them by quota; {}", room->cores, room->capacity, model::engine_version().simd)};
}

Finding check_memory() {
  const auto room = memory_room({});
  if (!room) return {"memory", Verdict::poor, "/proc/meminfo cannot be read; the memory condition is unknown"};
  return {"memory", Verdict::good,
          fmt::format("{} of {} available", to_string(room->available), to_string(room->total))};
}

Finding check_pressure() {
  if (read_small_file("/proc/pressure/cpu")) return {"pressure", Verdict::good, "/proc/pressure/cpu exists"};
  return {"pressure", Verdict::poor, "the kernel reports no CPU pressure (psi=0?); the agent decides without it"};
}

Finding check_governor() {
  const auto governor = read_small_file("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (!governor) return {"governor", Verdict::good, "no frequency governor is visible"};
  const std::string name = governor->substr(0, governor->find('\n'));
  if (name == "performance") return {"governor", Verdict::good, name};
  return {"governor", Verdict::poor,
          fmt::format("{}: clock rates change while measuring; set performance for --profile", name)};
}

Finding check_cgroups() {
  const auto group = own_group({}, "cpu");
  if (!group)
    return {"cgroups", Verdict::poor, "no cgroup has the cpu controller; --profile loads the CPU outside of a cgroup"};
  const bool writable = ::access(group->directory().c_str(), W_OK) == 0;
  const std::string where =
      fmt::format("{} at {}", group->version == OwnGroup::Version::v1 ? "v1" : "v2", group->directory().string());
  if (writable) return {"cgroups", Verdict::good, where};
  return {"cgroups", Verdict::poor, where + " is not writable; run --profile as root or with a delegated cgroup"};
}

Finding check_tc() {
  for (const char* const folder : {"/usr/sbin", "/sbin", "/usr/bin", "/bin"}) {
    const std::filesystem::path tc = std::filesystem::path(folder) / "tc";
    if (!std::filesystem::exists(tc)) continue;
    if (::geteuid() == 0) return {"tc", Verdict::good, tc.string()};
    return {"tc", Verdict::poor, tc.string() + " needs root; without it --profile limits the uplink in-process"};
  }
  return {"tc", Verdict::poor, "tc is not installed (iproute2); --profile limits the uplink in-process"};
}

// After an idle time, BBR keeps its congestion window; other algorithms shrink it, which costs round trips.
Finding check_slow_start() {
  const auto control = read_small_file("/proc/sys/net/ipv4/tcp_congestion_control").value_or("unknown");
  const auto after_idle = read_small_file("/proc/sys/net/ipv4/tcp_slow_start_after_idle").value_or("unknown");
  const std::string name = control.substr(0, control.find('\n'));
  if (name == "bbr" || after_idle.starts_with("0"))
    return {"slow start", Verdict::good, name + ": none after idle times"};
  return {"slow start", Verdict::poor,
          name + " restarts after idle times; 'sysctl -w net.ipv4.tcp_slow_start_after_idle=0' prevents that"};
}

void check_models(const config::Config& config, std::vector<Finding>& findings, std::vector<NamedModel>& models) {
  if (config.models.empty()) return;
  auto loaded = load_models(config, Load::within_budget);
  if (!loaded) {
    findings.push_back({"models", Verdict::bad, loaded.error().message});
    return;
  }
  models = *std::move(loaded);
  for (const NamedModel& named : models) {
    findings.push_back({"model " + named.name, Verdict::good,
                        fmt::format("{:.12}, {} cuts, computed by {}", named.model->digest(),
                                    named.model->cuts().size(), name(named.model->kernels()))});
    if (!named.model->holds_all())
      findings.push_back(
          {"memory " + named.name, Verdict::poor, held_text(config, named) + "; the rest needs the cloud"});
    const auto table = load_table(config, named);
    if (!table) findings.push_back({"table " + named.name, Verdict::bad, table.error().message});
    if (table && *table)
      findings.push_back(
          {"table " + named.name, Verdict::good,
           fmt::format("{} conditions, measured {}", (*table)->cells().size(), (*table)->origin().created)});
  }
}

Finding check_expiry(const wire::TlsContext& tls) {
  const wire::TlsContext::Files& files = tls.files();
  const auto end = expiry(tls);
  const auto now = std::chrono::system_clock::now();
  const std::string fit = fmt::format("{} and its key fit the CA in {}", files.certificate, files.ca);
  if (!end) return {"tls", Verdict::good, fit};
  if (const std::string why = wire::expiry_warning(files, *end, now); !why.empty()) return {"tls", Verdict::poor, why};
  return {"tls", Verdict::good,
          fmt::format("{}; {} left, until {}", fit, wire::time_left(end->first(), now), wire::utc_text(end->first()))};
}

// Checks as an edge if there is a peer, else as a cloud.
Finding check_tls(const config::Config& config) {
  const bool edge = !config.edge.peers.empty();
  const auto tls = secure_link(config, edge ? wire::TlsContext::Role::edge : wire::TlsContext::Role::cloud,
                               edge ? config.edge.peers.front() : config.cloud.listen);
  if (!tls) return {"tls", Verdict::bad, tls.error().message};
  if (*tls) return check_expiry(**tls);
  if (config.tls.insecure)
    return {"tls", Verdict::poor, "the link is plain TCP: anybody on its path can read and change it"};
  return {"tls", Verdict::good, "the link is plain TCP and does not leave this machine"};
}

void check_door(const config::Config& config, std::vector<Finding>& findings) {
  const auto tls = door_tls(config);
  if (!tls) findings.push_back({"https", Verdict::bad, tls.error().message});
  if (tls && *tls) findings.push_back({"https", Verdict::good, config.http.tls_cert + " and its key fit"});
  if (config.http.token_file.empty()) return;
  const auto token = http::BearerToken::read(config.http.token_file);
  findings.push_back({"token", token ? Verdict::good : Verdict::bad,
                      token ? config.http.token_file + " holds one" : token.error().message});
}

// Waits until the link is up. Waits until the first attempt has failed, so that the error names the step that takes too
// long.
Result<void> wait_up(const link::TcpLink& link, Duration step) {
  const TimePoint began = Clock::now();
  Result<void> up = link.wait_up(began + kConnect);
  const auto connecting = [&link] { return link.state().why.starts_with("the link is connecting"); };
  while (!up && connecting() && Clock::now() < began + step + kBeyondOneStep) up = link.wait_up(Clock::now() + kLook);
  return up;
}

void check_peer(const config::Config& config, const wire::Endpoint& peer, std::span<const NamedModel> models,
                std::vector<Finding>& findings) {
  const auto identity = edge_identity(config, wire::TlsContext::Dates::now);
  if (!identity) return;  // check_tls() reported the reason.
  const link::TcpLink link(link_options(config, peer, *identity), nullptr, silent_log());
  if (const auto up = wait_up(link, config.edge.connect_timeout); !up) {
    findings.push_back({"peer", Verdict::bad, up.error().message});
    return;
  }
  const link::LinkState state = link.state();
  findings.push_back({"peer", Verdict::good,
                      fmt::format("{} answers, holds {} models, and computes in {}", state.peer, state.models.size(),
                                  name(state.precision))});
  if (const std::string how = other_rounding(state, fingerprint(config)); !how.empty())
    findings.push_back({"rounding", Verdict::good, how});
  for (const NamedModel& named : models)
    if (const std::string why = why_not_held(state, named); !why.empty())
      findings.push_back({"peer", Verdict::bad, why});
}

std::string_view word(Verdict verdict) {
  constexpr std::array<std::string_view, 3> kWords{"ok", "poor", "BAD"};
  return kWords[static_cast<std::size_t>(verdict)];
}

void print(std::span<const Finding> findings, bool as_json) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const Finding& f : findings) {
    json.push_back({{"check", f.what}, {"verdict", word(f.verdict)}, {"says", f.says}});
    if (!as_json) fmt::print("{:<4} {:<16} {}\n", word(f.verdict), f.what, f.says);
  }
  if (as_json) fmt::print("{}\n", json.dump(2));
}

}  // namespace

config::ExitCode run_check(const config::Command& command) {
  std::vector<Finding> findings{
      {"config", Verdict::good, command.file.value_or("no file; defaults, environment and flags")}};
  for (const auto& check : {check_cpu, check_kernels, check_memory, check_pressure, check_governor, check_cgroups,
                            check_tc, check_slow_start})
    findings.push_back(check());
  std::vector<NamedModel> models;
  check_models(command.config, findings, models);
  findings.insert(findings.begin() + 1, check_blas());  // Checked last: BLAS is loaded with the first model.
  findings.push_back(check_tls(command.config));
  check_door(command.config, findings);
  for (const wire::Endpoint& peer : command.config.edge.peers) check_peer(command.config, peer, models, findings);
  print(findings, command.json);
  const bool bad = std::ranges::any_of(findings, [](const Finding& f) { return f.verdict == Verdict::bad; });
  return bad ? config::ExitCode::unavailable : config::ExitCode::ok;
}

}  // namespace tideline::modes
