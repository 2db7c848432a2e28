#include "runtime/task/head.h"

#include "runtime/task/head_forms.h"

#include <algorithm>
#include <optional>
#include <string>

namespace tideline::task {
namespace {

std::string known_names() {
  std::string names;
  for (const HeadForm& form : head_forms()) names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", form.name);
  return names;
}

std::string list_of(std::span<const TensorSpec> outputs) {
  constexpr std::size_t kMost = 8;
  std::string list;
  for (const TensorSpec& spec : outputs.first(std::min(outputs.size(), kMost)))
    list += (list.empty() ? "" : ", ") + to_string(spec);
  if (list.empty()) return "nothing";
  return outputs.size() > kMost ? list + ", ..." : list;
}

// Without labels, no outputs are NanoDet's.
Error no_form(const std::string& heads, const Shapes& shapes) {
  return error(ErrorKind::invalid,
               "a network that returns {} for an input of {} x {} pixels is no detector of the form {}{}; "
               "export it in such a form (runtime/task/README.md describes each){}",
               list_of(shapes.outputs), shapes.width, shapes.height, heads,
               shapes.labels > 0 ? fmt::format(" with {} classes", shapes.labels) : "",
               shapes.labels > 0 ? "" : ", or name its labels, which \"nanodet\" needs");
}

Error other_count(const HeadForm& form, std::size_t classes, std::size_t labels) {
  return error(
      ErrorKind::invalid,
      "the network is a detector of the form \"{}\" with {} classes, but there are {} labels; name a file that "
      "has one label per line for each class, in their order",
      form.name, classes, labels);
}

// Returns nothing if the outputs are of another form.
std::optional<Result<Detector>> try_form(const HeadForm& form, const Shapes& shapes) {
  if (shapes.width <= 0 || shapes.height <= 0) return std::nullopt;
  const std::optional<std::size_t> classes = form.classes(shapes);
  if (!classes) return std::nullopt;
  if (shapes.labels > 0 && *classes != shapes.labels) return other_count(form, *classes, shapes.labels);
  return Detector{form.head, *classes, shapes.width, shapes.height};
}

}  // namespace

std::string_view name(Head head) {
  return form_of(head).name;
}

Result<Head> parse_head(std::string_view text) {
  for (const HeadForm& form : head_forms())
    if (form.name == text) return form.head;
  return error(ErrorKind::invalid, "\"{}\" is not a head of a detector; write one of {}", text.substr(0, 40),
               known_names());
}

Result<Detector> find_detector(const Shapes& shapes) {
  std::optional<Result<Detector>> first;
  for (const HeadForm& form : head_forms()) {
    std::optional<Result<Detector>> tried = try_form(form, shapes);
    if (tried && *tried) return *std::move(tried);
    if (!first) first = std::move(tried);
  }
  return first ? *std::move(first) : no_form(known_names(), shapes);
}

Result<Detector> fit_head(Head head, const Shapes& shapes) {
  std::optional<Result<Detector>> tried = try_form(form_of(head), shapes);
  return tried ? *std::move(tried) : no_form(fmt::format("\"{}\"", name(head)), shapes);
}

}  // namespace tideline::task
