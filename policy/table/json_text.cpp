#include "policy/table/json_text.h"

#include <nlohmann/json.hpp>

#include <set>
#include <string>
#include <vector>

namespace tideline::table {
namespace {

using nlohmann::json;

constexpr std::size_t kDeepest = 8;

// Returns the library's message without its "[json.exception...]" tag, with the quoted text shortened.
std::string plain(std::string_view what) {
  if (const auto tag = what.find("] "); what.starts_with("[json") && tag != what.npos) what.remove_prefix(tag + 2);
  return what.size() <= 200 ? std::string(what) : std::string(what.substr(0, 200)) + "...";
}

// Scans a text without storing it and stops at the first fault. The parser itself accepts any depth, and keeps the last
// of two fields with one name.
class StrictReading final : public json::json_sax_t {
 public:
  const std::string& fault() const { return fault_; }

  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(std::int64_t) override { return true; }
  bool number_unsigned(std::uint64_t) override { return true; }
  bool number_float(double, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(json::binary_t&) override { return true; }

  bool start_object(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_array() override { return leave(); }

  bool key(std::string& name) override {
    if (names_.back().insert(name).second) return true;
    fault_ = fmt::format("duplicate key \"{}\" in one object; remove one", name.substr(0, 60));
    return false;
  }
  bool parse_error(std::size_t, const std::string&, const json::exception& e) override {
    fault_ = "not JSON: " + plain(e.what());
    return false;
  }

 private:
  bool enter() {
    names_.emplace_back();
    if (names_.size() <= kDeepest) return true;
    fault_ = fmt::format("nested deeper than {} levels; no version of the format is that deep", kDeepest);
    return false;
  }
  bool leave() {
    names_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> names_;  // Of the open objects; empty for arrays.
  std::string fault_;
};

}  // namespace

Result<json> parse_json(std::string_view text) {
  try {
    StrictReading reading;
    if (!json::sax_parse(text, &reading)) return error(ErrorKind::invalid, "{}", reading.fault());
    return Result<json>(json::parse(text));
  } catch (const std::exception& e) {
    return error(ErrorKind::invalid, "not JSON: {}", plain(e.what()));
  }
}

}  // namespace tideline::table
