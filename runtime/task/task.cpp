#include "runtime/task/task.h"

#include "runtime/task/classify.h"

#include <array>
#include <utility>

namespace tideline::task {
namespace {

constexpr std::array<std::string_view, 3> kNames{"none", "classify", "detect"};

Result<Task> fitted_classifier(Task task, std::span<const TensorSpec> outputs) {
  const std::optional<std::size_t> classes = outputs.empty() ? std::nullopt : classes_of(outputs[0]);
  if (!classes)
    return error(ErrorKind::invalid, "a network that returns {} is no classifier; one returns fp32[N,C] first",
                 outputs.empty() ? "nothing" : to_string(outputs[0]));
  if (!task.labels.empty() && task.labels.size() != *classes)
    return error(ErrorKind::invalid,
                 "the network is a classifier with {} classes, but there are {} labels; name a file that has one label "
                 "per line for each class, in their order",
                 *classes, task.labels.size());
  return task;
}

Result<Task> fitted_detector(Task task, const Shapes& shapes) {
  const Result<Detector> detector = task.head ? fit_head(*task.head, shapes) : find_detector(shapes);
  if (!detector) return detector.error();
  task.detector = *detector;
  return task;
}

}  // namespace

std::string_view name(Kind kind) {
  return kNames.at(static_cast<std::size_t>(kind));
}

Result<Kind> parse_kind(std::string_view text) {
  for (const Kind kind : {Kind::none, Kind::classify, Kind::detect})
    if (name(kind) == text) return kind;
  return error(ErrorKind::invalid, "\"{}\" is not a task; write \"none\", \"classify\" or \"detect\"",
               text.substr(0, 40));
}

Result<Task> fitted(Task task, std::span<const TensorSpec> outputs, std::int32_t input_width,
                    std::int32_t input_height) {
  task.detector.reset();
  switch (task.kind) {
    case Kind::classify:
      return fitted_classifier(std::move(task), outputs);
    case Kind::detect: {
      const std::size_t labels = task.labels.size();
      return fitted_detector(std::move(task), {outputs, input_width, input_height, labels});
    }
    case Kind::none:
      break;
  }
  return task;
}

}  // namespace tideline::task
