// agent --make-certs: makes a private CA, and its certificates for edges and clouds.
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/modes.h"
#include "runtime/wire/certificates.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>

namespace tideline::modes {
namespace {

constexpr std::chrono::hours kBefore{24};  // Clocks of small machines may be behind.
constexpr std::chrono::hours kYear{24 * 365};

wire::Validity valid_for_years(int years) {
  const auto now = std::chrono::system_clock::now();
  return {now - kBefore, now + years * kYear};
}

std::vector<std::string> own_hosts() {
  std::array<char, 256> name{};
  std::vector<std::string> hosts;
  if (::gethostname(name.data(), name.size() - 1) == 0 && wire::check_hosts({name.data()}))
    hosts.emplace_back(name.data());
  if (hosts.empty() || hosts.front() != "localhost") hosts.emplace_back("localhost");
  hosts.emplace_back("127.0.0.1");
  return hosts;
}

// "edge", or "edge-2" if that exists, and so on.
std::string free_name(const std::filesystem::path& folder, const std::string& role) {
  std::string name = role;
  const auto is_there = [&](const char* kind) { return std::filesystem::exists(folder / (name + kind)); };
  for (int i = 2; is_there(".pem") || is_there(".key"); ++i) name = fmt::format("{}-{}", role, i);
  return name;
}

Result<void> add(const std::filesystem::path& folder, wire::TlsContext::Role role, std::vector<std::string> hosts) {
  const bool cloud = role == wire::TlsContext::Role::cloud;
  const wire::NewCertificate made{role, free_name(folder, cloud ? "cloud" : "edge"), std::move(hosts),
                                  valid_for_years(2)};
  if (const auto done = make_certificate(folder, made); !done) return done;
  const std::string stem = (folder / made.name).string();
  if (!cloud) fmt::print("{0}.pem {0}.key: for an edge\n", stem);
  if (cloud) fmt::print("{0}.pem {0}.key: for a cloud that edges dial as {1}\n", stem, fmt::join(made.hosts, ", "));
  return {};
}

// In a folder without a CA, makes a CA, a cloud and an edge. In a folder with one, makes a cloud if names are given,
// else an edge.
Result<void> make(const std::filesystem::path& folder, const std::vector<std::string>& names) {
  if (const auto good = wire::check_hosts(names); !good) return good;  // Before anything is written.
  const bool first = !std::filesystem::exists(folder / "ca.pem");
  if (first) {
    if (const auto done = make_authority(folder, valid_for_years(10)); !done) return done;
    fmt::print("{}: the CA, for all machines; {}: its key, keep it here\n", (folder / "ca.pem").string(),
               (folder / "ca.key").string());
  }
  if (first || !names.empty())
    if (const auto done = add(folder, wire::TlsContext::Role::cloud, names.empty() ? own_hosts() : names); !done)
      return done;
  if (first || names.empty()) return add(folder, wire::TlsContext::Role::edge, {});
  return {};
}

}  // namespace

config::ExitCode run_make_certs(const config::Command& command) {
  const std::filesystem::path folder = command.certs;
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem)
    return fail(error(ErrorKind::invalid, "cannot make the folder {}: {}", command.certs, problem.message()),
                config::ExitCode::cannot_create);
  const auto made = make(folder, command.names);
  return made ? config::ExitCode::ok : fail(made.error(), config::ExitCode::cannot_create);
}

}  // namespace tideline::modes
