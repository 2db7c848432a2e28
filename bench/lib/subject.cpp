#include "bench/lib/subject.h"

#include "runtime/app/config/command_line.h"
#include "runtime/base/file.h"

#include <span>
#include <variant>

namespace tideline {

Result<modes::NamedModel> load_subject(const std::vector<std::string>& words) {
  std::vector<const char*> line{"agent", "--inspect"};
  for (const std::string& word : words) line.push_back(word.c_str());
  const auto read = config::read_command_line(static_cast<int>(line.size()), line.data());
  if (const auto* const early = std::get_if<config::EarlyExit>(&read))
    return error(ErrorKind::invalid, "{}", early->text);
  auto named = modes::load_only_model(std::get<config::Command>(read).config);
  if (named && !named->image)
    return error(ErrorKind::invalid, "{} takes no images; add --image {}=PRESET", named->name, named->name);
  return named;
}

Result<Tensor> read_photo(const std::string& file) {
  const auto content = read_regular(file, 32_MiB);
  if (!content) return content.error();
  const auto bytes = std::as_bytes(std::span(content->data(), content->size()));
  return Tensor::copy_of(DType::uint8, {static_cast<std::int64_t>(bytes.size())}, bytes);
}

}  // namespace tideline
