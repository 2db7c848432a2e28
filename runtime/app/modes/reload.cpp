#include "runtime/app/modes/reload.h"

#include "runtime/app/modes/link_security.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <set>

namespace tideline::modes {
namespace {

constexpr std::array<std::string_view, 13> kTaken{"edge.policy",     "edge.cut",          "edge.codec",
                                                  "edge.hysteresis", "edge.uplink_limit", "edge.min_top1",
                                                  "edge.max_error",  "edge.min_accuracy", "edge.first_cut",
                                                  "edge.max_sent",   "edge.swap_cost",    "edge.max_sent_per_day",
                                                  "edge.deadline"};
// Both sides take over certificates.
constexpr std::array<std::string_view, 3> kCertificates{"tls.ca", "tls.cert", "tls.key"};
// All settings of tables and objective are taken over; those of cloud and profile are for other modes.
constexpr std::array<std::string_view, 4> kOfEdge{"tables.", "objective.", "cloud.", "profile."};
// These are for other modes.
constexpr std::array<std::string_view, 4> kOfCloud{"tables.", "objective.", "edge.", "profile."};

std::string mark_of(const std::string& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return "none";
  return fmt::format("{} {} {} {}", status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

bool is_certificate(std::string_view key) {
  return std::ranges::find(kCertificates, key) != kCertificates.end();
}

}  // namespace

bool taken_on_reload(Side side, std::string_view key) {
  const bool edge = side == Side::edge;
  return is_certificate(key) || (edge && std::ranges::find(kTaken, key) != kTaken.end()) ||
         std::ranges::any_of(edge ? kOfEdge : kOfCloud,
                             [key](std::string_view section) { return key.starts_with(section); });
}

std::vector<std::string> needs_restart(Side side, const config::Config& first, const config::Config& next) {
  std::set<std::string> keys;
  for (const config::Config* const config : {&first, &next})
    for (const auto& [key, text] : config->given) keys.insert(key);
  const auto same = [&](const std::string& key) {
    const auto before = first.given.find(key), after = next.given.find(key);
    return before != first.given.end() && after != next.given.end() && before->second == after->second;
  };
  const bool tls_changes = uses_tls(first) != uses_tls(next);
  const auto taken = [&](const std::string& key) {
    return taken_on_reload(side, key) && !(tls_changes && is_certificate(key));
  };
  std::erase_if(keys, [&](const std::string& key) { return taken(key) || same(key); });
  return {keys.begin(), keys.end()};
}

std::map<std::string, std::string> file_marks(const config::Config& config) {
  std::map<std::string, std::string> marks;
  for (const auto& [name, file] : config.models) marks["models." + name] = mark_of(file);
  for (const auto& [key, file] : {std::pair("http.tls_cert", config.http.tls_cert),
                                  {"http.tls_key", config.http.tls_key},
                                  {"http.token_file", config.http.token_file}})
    if (!file.empty()) marks[key] = mark_of(file);
  return marks;
}

std::string not_taken(Side side, const config::Config& first, const std::map<std::string, std::string>& marks,
                      const config::Config& next) {
  std::vector<std::string> names = needs_restart(side, first, next);
  for (const auto& [key, mark] : file_marks(first))
    if (const auto then = marks.find(key); then != marks.end() && then->second != mark)
      if (std::ranges::find(names, key) == names.end()) names.push_back(key + " (the file was replaced)");
  if (names.empty()) return {};
  return fmt::format("these changes need a restart: {}", fmt::join(names, ", "));
}

}  // namespace tideline::modes
