// Settings: the one list from which config file, environment and command line are read.
//
// A setting has a key ("edge.peer"), and its text is parsed by the same function wherever it comes from:
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

namespace tideline {

// Who a setting is for; a bit set.
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
  std::string_view key;    // "edge.peer"; "models.*" takes one entry per name, its text is "NAME=VALUE".
  std::string_view flag;   // "--peer"; empty when only the file and the environment can set it.
  unsigned modes;          // Which modes take the flag.
  std::string_view value;  // What the help shows: "HOST:PORT"; empty for a switch.
  std::string_view help;
  std::function<Result<void>(Config&, std::string_view text)> store;

  // Takes over the text, also into config.given. On error nothing has changed.
  Result<void> set(Config& config, std::string_view text) const;
  // Returns the key that this text sets: "models.alexnet" where it is by name.
  std::string key_of(std::string_view text) const;

  bool by_name() const { return key.ends_with(".*"); }
  bool is_list() const { return value.ends_with("[,...]"); }  // A flag that is repeated makes it longer.
};

std::span<const Setting> settings();

// Returns invalid when something is set by name for a model that is not among config.models.
Result<void> check_names(const Config& config);

// Takes over what `file` says. Returns invalid as "edge.toml:12: edge.peer: ..."; an unknown key is an error that
// suggests the nearest known one. On error nothing has changed.
Result<void> read_config_file(const std::filesystem::path& file, Config& config);

// Takes over the TIDELINE_* variables. Returns invalid with the variable's name.
Result<void> read_environment(Config& config);

}  // namespace tideline
