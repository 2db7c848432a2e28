#include "runtime/app/config/values.h"

#include "runtime/base/units.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>

namespace tideline::config {
namespace {

// The parts between commas; none of them is empty.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) parts.push_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

}  // namespace

Result<std::int64_t> parse_integer(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || number < least || number > most)
    return error(ErrorKind::invalid, "'{}' is not a whole number from {} to {}", text, least, most);
  return number;
}

Result<bool> parse_bool(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return error(ErrorKind::invalid, "'{}' is neither true nor false", text);
}

Result<double> parse_watts(std::string_view text) {
  double watts = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), watts);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (failed != std::errc{} || (unit != " W" && unit != "W") || !(watts >= 0) || watts > 1e6)
    return error(ErrorKind::invalid, "'{}' is not a power; write for example 6.5 W", text);
  return watts;
}

Result<std::vector<wire::Endpoint>> parse_peers(std::string_view text) {
  std::vector<wire::Endpoint> peers;
  for (const std::string_view part : parts_of(text)) {
    auto peer = wire::parse_endpoint(part);
    if (!peer) return peer.error();
    const auto same = [&](const wire::Endpoint& one) { return to_string(one) == to_string(*peer); };
    if (std::ranges::any_of(peers, same))
      return error(ErrorKind::invalid, "{} occurs twice; remove one", to_string(*peer));
    peers.push_back(*std::move(peer));
  }
  if (peers.empty()) return error(ErrorKind::invalid, "no cloud is given; write for example 10.0.0.2:7070");
  return peers;
}

Result<Duration> parse_reconnect(std::string_view text) {
  constexpr Duration kShortest = std::chrono::milliseconds(100);
  auto after = parse_duration(text);
  if (after && *after < kShortest)
    return error(ErrorKind::invalid, "'{}' is too short; give at least {}", text, to_string(kShortest));
  return after;
}

Result<Duration> parse_connect_timeout(std::string_view text) {
  constexpr Duration kShortest = std::chrono::milliseconds(100);
  constexpr Duration kLongest = std::chrono::minutes(5);
  auto after = parse_duration(text);
  if (after && (*after < kShortest || *after > kLongest))
    return error(ErrorKind::invalid, "'{}' is not between {} and {}", text, to_string(kShortest), to_string(kLongest));
  return after;
}

Result<Duration> parse_queue_time(std::string_view text) {
  constexpr Duration kLongest = std::chrono::hours(24);
  auto time = parse_duration(text);
  if (time && *time > kLongest)
    return error(ErrorKind::invalid, "'{}' is too long; give at most {}", text, to_string(kLongest));
  return time;
}

Result<std::vector<plan::Codec>> parse_codecs(std::string_view text) {
  std::vector<plan::Codec> codecs;
  for (const std::string_view part : parts_of(text)) {
    const auto codec = plan::parse_codec(part);
    if (!codec) return codec.error();
    if (std::ranges::find(codecs, *codec) != codecs.end())
      return error(ErrorKind::invalid, "the codec '{}' is given twice; leave one of them out", part);
    codecs.push_back(*codec);
  }
  if (codecs.empty()) return error(ErrorKind::invalid, "no codec is given; write for example fp32,q4");
  return codecs;
}

Result<std::string> parse_level(std::string_view text) {
  constexpr std::array<std::string_view, 5> kLevels{"debug", "info", "warning", "error", "off"};
  if (std::ranges::find(kLevels, text) != kLevels.end()) return std::string(text);
  return error(ErrorKind::invalid, "'{}' is not a log level; use debug, info, warning, error or off", text);
}

Result<LogForm> parse_log_form(std::string_view text) {
  if (text == "text") return LogForm::text;
  if (text == "json") return LogForm::json;
  return error(ErrorKind::invalid, "'{}' is not a form of the log; use text or json", text);
}

Result<Shard> parse_shard(std::string_view text) {
  constexpr std::int64_t kMostShards = 10'000;
  const std::size_t slash = std::min(text.find('/'), text.size());
  const auto index = parse_integer(text.substr(0, slash), 1, kMostShards);
  const auto count = parse_integer(text.substr(std::min(slash + 1, text.size())), 1, kMostShards);
  if (!index || !count || *index > *count)
    return error(ErrorKind::invalid, "'{}' is not a shard; write for example 2/4, the second of four", text);
  return Shard{static_cast<std::uint32_t>(*index - 1), static_cast<std::uint32_t>(*count)};
}

Result<double> parse_interval(std::string_view text) {
  auto share = parse_share(text);
  if (share && !(*share > 0)) return error(ErrorKind::invalid, "'{}' is never reached; write for example 3 %", text);
  return share;
}

Result<ProgressForm> parse_progress(std::string_view text) {
  if (text == "line") return ProgressForm::line;
  if (text == "json") return ProgressForm::json;
  return error(ErrorKind::invalid, "'{}' is not a form of progress; use line or json", text);
}

Result<std::string> parse_cuts(std::string_view text) {
  const bool indices =
      !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) || c == ','; });
  if (text == "useful" || text == "all" || indices) return std::string(text);
  return error(ErrorKind::invalid, "'{}' is not a choice of cuts; use useful, all, or indices as in 0,3,7", text);
}

}  // namespace tideline::config
