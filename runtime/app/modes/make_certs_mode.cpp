// agent --make-certs: makes a private CA, and its certificates for edges and clouds; renews these.
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/modes.h"
#include "runtime/wire/certificate_expiry.h"
#include "runtime/wire/certificate_renewal.h"

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
constexpr int kYearsOfCertificate = 2;

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
                                  valid_for_years(kYearsOfCertificate)};
  if (const auto done = make_certificate(folder, made); !done) return done;
  const std::string stem = (folder / made.name).string();
  if (!cloud) fmt::print("{0}.pem {0}.key: for an edge\n", stem);
  if (cloud) fmt::print("{0}.pem {0}.key: for a cloud that edges dial as {1}\n", stem, fmt::join(made.hosts, ", "));
  return {};
}

// A folder whose CA was taken away must not silently get another one, which nobody trusts.
Result<void> check_new(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder / "ca.key") && wire::certificates_in(folder).empty()) return {};
  return error(ErrorKind::invalid,
               "{} holds certificates or a CA's key, but no CA ({}); bring it back, or name another folder",
               folder.string(), (folder / "ca.pem").string());
}

// In a folder without a CA, makes a CA, a cloud and an edge. In a folder with one, makes a cloud if names are given,
// else an edge.
Result<void> make(const std::filesystem::path& folder, const std::vector<std::string>& names) {
  if (const auto good = wire::check_hosts(names); !good) return good;  // Before anything is written.
  const bool first = !std::filesystem::exists(folder / "ca.pem");
  if (first)
    if (const auto empty = check_new(folder); !empty) return empty;
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

std::string day(std::chrono::system_clock::time_point time) {
  return wire::utc_text(time).substr(0, 10);
}

Result<void> renew_one(const std::filesystem::path& folder, const std::string& name) {
  const auto renewed = renew_certificate(folder, name, valid_for_years(kYearsOfCertificate));
  if (!renewed) return renewed.error();
  const auto& [role, same_name, hosts, valid] = renewed->made;
  const bool cloud = role == wire::TlsContext::Role::cloud;
  fmt::print("{0}.pem {0}.key: renewed for {1}, valid until {2} instead of {3}\n", (folder / name).string(),
             cloud ? fmt::format("a cloud that edges dial as {}", fmt::join(hosts, ", ")) : "an edge", day(valid.until),
             day(renewed->before));
  return {};
}

// Renews all that it can. Returns the first error.
Result<void> renew(const std::filesystem::path& folder) {
  const std::vector<std::string> names = wire::certificates_in(folder);
  if (names.empty())
    return error(ErrorKind::invalid, "there is no certificate in {}; make some without --renew", folder.string());
  Result<void> first_fault;
  std::size_t done = 0;
  for (const std::string& name : names) {
    const auto renewed = renew_one(folder, name);
    if (renewed) ++done;
    if (!renewed && first_fault) first_fault = renewed;
  }
  if (done > 0) fmt::print("the CA stays as it is; copy each pair to its machine, and send the agent there SIGHUP\n");
  return first_fault;
}

}  // namespace

config::ExitCode run_make_certs(const config::Command& command) {
  const std::filesystem::path folder = command.certs;
  std::error_code problem;
  if (!command.renew) std::filesystem::create_directories(folder, problem);
  if (problem)
    return fail(error(ErrorKind::invalid, "cannot make the folder {}: {}", command.certs, problem.message()),
                config::ExitCode::cannot_create);
  const auto made = command.renew ? renew(folder) : make(folder, command.names);
  return made ? config::ExitCode::ok : fail(made.error(), config::ExitCode::cannot_create);
}

}  // namespace tideline::modes
