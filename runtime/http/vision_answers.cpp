#include "runtime/http/vision_answers.h"

#include "runtime/http/http_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iterator>
#include <vector>

namespace tideline::http {
namespace {

// JSON has no numbers for NaN and infinities.
std::string number(float value) {
  return std::isfinite(value) ? fmt::format("{}", value) : "null";
}

std::string or_number(std::string_view label, std::size_t index) {
  return label.empty() ? std::to_string(index) : std::string(label);
}

void append_box(std::string& text, const task::Box& box, const std::string& label) {
  fmt::format_to(std::back_inserter(text),
                 R"({{"label":{},"confidence":{},"x_min":{},"y_min":{},"x_max":{},"y_max":{}}})", json_string(label),
                 number(box.score), std::lround(box.x_min), std::lround(box.y_min), std::lround(box.x_max),
                 std::lround(box.y_max));
}

std::int64_t milliseconds(Duration duration) {
  return std::chrono::round<std::chrono::milliseconds>(duration).count();
}

}  // namespace

std::string write_classes(std::span<const task::Class> classes) {
  std::string text = "{";
  std::vector<std::string> written;
  for (const task::Class& one : classes) {
    std::string label = or_number(one.label, one.index);
    if (std::ranges::find(written, label) != written.end()) continue;
    text += fmt::format("{}\n  {}: {}", written.empty() ? "" : ",", json_string(label), number(one.score));
    written.push_back(std::move(label));
  }
  return text + "\n}";
}

std::string write_detections(std::span<const task::Box> boxes, std::span<const std::string> labels,
                             const DetectionTimes& times) {
  std::string text = R"({"success":true,"predictions":[)";
  for (const task::Box& box : boxes) {
    if (&box != &boxes.front()) text += ',';
    const auto index = static_cast<std::size_t>(box.label);
    append_box(text, box, or_number(index < labels.size() ? labels[index] : std::string(), index));
  }
  fmt::format_to(std::back_inserter(text), R"(],"count":{},"inferenceMs":{},"processMs":{},"code":200}})", boxes.size(),
                 milliseconds(times.inference), milliseconds(times.process));
  return text;
}

}  // namespace tideline::http
