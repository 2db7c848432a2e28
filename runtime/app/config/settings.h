// Settings: the list of all settings, by which config file, environment and command line are read into a Config.
//
//   Config config;
//   if (const auto read = read_config_file("edge.toml", config); !read) return read;
//   if (const auto read = read_environment(config); !read) return read;
//   if (const auto known = check_names(config); !known) return known;
//
// A setting has a key ("edge.peer"). One function parses its text, wherever it comes from:
//   config file   [edge] peer = "10.0.0.2:7070"
//   environment   TIDELINE_EDGE_PEER=10.0.0.2:7070
//   command line  --peer 10.0.0.2:7070
// Flags override the environment, which overrides the file, which overrides the defaults.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/result.h"

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tideline::config {

// The modes that have a setting as a flag; a bit set.
enum ModeSet : unsigned {
  kInspect = 1,
  kProfile = 2,
  kServe = 4,
  kCloud = 8,
  kCheck = 16,
  kSplit = 32,
  kAnalyse = 64,
  kEveryMode = 127,
};

struct Setting {
  std::string_view key;   // "edge.peer"; "models.*" takes one entry per name, its text is "NAME=VALUE".
  std::string_view flag;  // "--peer"; empty if only the file and the environment can set it.
  unsigned modes;         // The modes that take the flag.
  // The form of the value: "HOST:PORT"; "quick|seed|FILE" for words and files; empty for a switch. Help, manual and the
  // completions of shells (runtime/app/manual) read it.
  std::string_view value;
  std::string_view help;
  std::function<Result<void>(Config&, std::string_view text)> store;

  // Sets the value from the text, and notes the text in config.given. On error nothing has changed.
  Result<void> set(Config& config, std::string_view text) const;
  // Returns the key that this text sets: for a setting by name, "models.alexnet".
  std::string key_of(std::string_view text) const;

  // The variable that sets it: "TIDELINE_EDGE_PEER"; empty for a setting by name.
  std::string environment() const;

  bool by_name() const { return key.ends_with(".*"); }
  bool is_list() const { return value.ends_with("[,...]"); }  // A repeated flag adds to the list.
};

std::span<const Setting> settings();

// Returns invalid if a value is set by name for a model that is not in config.models.
Result<void> check_names(const Config& config);

// Takes over the settings in `file`. Returns invalid as "edge.toml:12: edge.peer: ..."; for an unknown key it suggests
// the nearest known one. On error nothing has changed.
Result<void> read_config_file(const std::filesystem::path& file, Config& config);

// Takes over the TIDELINE_* variables. Returns invalid, with the variable's name, if one has a bad value.
Result<void> read_environment(Config& config);

}  // namespace tideline::config
