// JsonFields: reads one JSON object field by field and keeps the first fault.
//
// After a fault every getter returns an empty value. So a reader is a plain list of fields, with one check for a fault
// at the end. A fault begins with its path, "cells[3].asked.edge_cpu". Belongs to one thread.
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

namespace tideline::table {

class JsonFields {
 public:
  // REQUIRES: `value` and `fault` outlive this reader and its children.
  JsonFields(const nlohmann::json& value, std::string path, std::optional<Error>& fault);

  const std::string& path() const { return path_; }
  bool has(std::string_view key) const;

  std::string text(std::string_view key);
  std::uint64_t whole(std::string_view key, std::uint64_t least, std::uint64_t most);
  std::vector<std::uint64_t> wholes(std::string_view key, std::size_t most, std::uint64_t greatest);
  double number(std::string_view key);  // Finite: JSON has no other numbers.
  bool boolean(std::string_view key);
  Duration time(std::string_view key);  // Whole nanoseconds; the range is not checked.
  std::vector<std::string> texts(std::string_view key);
  std::map<std::string, std::string> named_texts(std::string_view key);
  JsonFields object(std::string_view key);
  std::vector<JsonFields> objects(std::string_view key, std::size_t most);

  // Notes a fault if the object has a field that was not read. The formats are versioned, so such a field is a mistake.
  void end();
  // Notes the fault that the caller found, if any.
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

}  // namespace tideline::table
