// Reads TOML into a Config, setting by setting.
#include "runtime/app/config/settings.h"
#include "runtime/app/config/toml_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

namespace tideline::config {
namespace {

// Levenshtein distance, to suggest the key that the user meant.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

Error unknown_key(std::string_view key) {
  const auto& nearest =
      *std::ranges::min_element(settings(), {}, [&](const Setting& s) { return distance(s.key, key); });
  return error(ErrorKind::invalid, "there is no setting {}; did you mean {}?", key, nearest.key);
}

// Returns the text in the form of the command line; nothing for a type that no setting takes.
std::optional<std::string> text_of(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return fmt::format("{}", number->get());
  if (const auto* number = node.as_floating_point()) return fmt::format("{}", number->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  if (const auto* list = node.as_array()) {
    std::string joined;
    for (const toml::node& item : *list) {
      const auto text = text_of(item);
      if (!text || item.is_array()) return std::nullopt;
      joined += (joined.empty() ? "" : ",") + *text;
    }
    return joined;
  }
  return std::nullopt;
}

Result<void> apply(Config& config, const std::string& key, const toml::node& node) {
  const std::size_t dot = key.find('.');
  const std::string wildcard = key.substr(0, dot) + ".*";
  for (const Setting& setting : settings()) {
    if (setting.key != key && setting.key != wildcard) continue;
    const auto text = text_of(node);
    if (!text) return error(ErrorKind::invalid, "expected {}", setting.value.empty() ? "true or false" : setting.value);
    const auto set = setting.set(config, setting.by_name() ? key.substr(dot + 1) + "=" + *text : *text);
    return set ? set : set.error();
  }
  return unknown_key(key);
}

Result<void> apply_table(Config& config, const toml::table& table, const std::string& prefix, std::string_view file) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    const auto applied = [&]() -> Result<void> {
      if (const toml::table* inner = node.as_table()) return apply_table(config, *inner, key + ".", file);
      auto set = apply(config, key, node);
      if (set) return set;
      return set.error().within(key).within(fmt::format("{}:{}", file, node.source().begin.line));
    }();
    if (!applied) return applied;
  }
  return {};
}

}  // namespace

Result<void> read_config_file(const std::filesystem::path& file, Config& config) {
  const auto table = read_toml(file.string());
  if (!table) return table.error();
  Config changed = config;
  if (const auto applied = apply_table(changed, *table, "", file.string()); !applied) return applied;
  config = std::move(changed);
  return {};
}

}  // namespace tideline::config
