// JsonFields: reads one JSON object field by field, and keeps the first fault that is found.
//
// After a fault every getter returns an empty value, so that a reader is a plain list of fields with one look at the
// fault at its end. A fault begins with the path of what is wrong, "cells[3].asked.edge_cpu". Belongs to one thread.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/time.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tideline {

class JsonFields {
 public:
  // REQUIRES: `value` and `fault` outlive this reader and its children.
  JsonFields(const nlohmann::json& value, std::string path, std::optional<Error>& fault);

  const std::string& path() const { return path_; }
  bool has(std::string_view key) const;

  std::string text(std::string_view key);
  std::uint64_t whole(std::string_view key, std::uint64_t least, std::uint64_t most);
  std::vector<std::uint64_t> wholes(std::string_view key, std::size_t most, std::uint64_t greatest);
  double number(std::string_view key);  // Finite, as JSON has no other.
  bool boolean(std::string_view key);
  Duration time(std::string_view key);  // Whole nanoseconds, not yet checked for sense.
  std::vector<std::string> texts(std::string_view key);
  std::map<std::string, std::string> named_texts(std::string_view key);
  JsonFields object(std::string_view key);
  std::vector<JsonFields> objects(std::string_view key, std::size_t most);

  // Notes a fault when there is a field that was not asked for: the formats are versioned, so it is a mistake.
  void end();
  // Notes a fault that the caller found, or none.
  void note(const Result<void>& checked);
  template <typename T>
  T value_of(Result<T> found, std::string_view key) {
    if (found) return *std::move(found);
    fail(key, found.error().message);
    return T{};
  }

 private:
  const nlohmann::json* find(std::string_view key);
  void fail(std::string_view key, std::string message);

  const nlohmann::json* value_;
  std::string path_;
  std::optional<Error>* fault_;
  std::vector<std::string> asked_;
};

}  // namespace tideline
