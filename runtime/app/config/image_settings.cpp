#include "runtime/app/config/image_settings.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <type_traits>
#include <vector>

namespace tideline::config {
namespace {

template <typename Number>
Result<Number> parse_number(std::string_view text, Number least, Number most) {
  Number number{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc{} || end != text.data() + text.size() || !(number >= least && number <= most))
    return error(ErrorKind::invalid, "'{}' is not a number from {} to {}", text, least, most);
  return number;
}

Result<std::int32_t> parse_side(std::string_view text) {
  return parse_number<std::int32_t>(text, 1, image::kMostSide);
}

Result<double> parse_factor(std::string_view text) {
  return parse_number<double>(text, -1e6, 1e6);
}

// "0.485,0.456,0.406", or one number for all three.
Result<std::array<double, 3>> parse_colours(std::string_view text) {
  std::vector<double> numbers;
  for (std::string_view rest = text; numbers.size() <= 3;) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    std::string_view part = rest.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    const auto number = parse_factor(part);
    if (!number) return number.error();
    numbers.push_back(*number);
    if (comma == rest.size()) break;
    rest.remove_prefix(comma + 1);
  }
  if (numbers.size() == 1) return std::array{numbers[0], numbers[0], numbers[0]};
  if (numbers.size() == 3) return std::array{numbers[0], numbers[1], numbers[2]};
  return error(ErrorKind::invalid, "'{}' is neither one number nor three; write for example 0.485,0.456,0.406", text);
}

Result<std::string> parse_preset(std::string_view text) {
  if (std::ranges::find(image::preset_names(), text) != image::preset_names().end()) return std::string(text);
  return error(ErrorKind::invalid, "'{}' is not a preset; use one of {}", text, fmt::join(image::preset_names(), ", "));
}

Result<std::string> parse_file(std::string_view text) {
  if (text.empty()) return error(ErrorKind::invalid, "the value is empty");
  return std::string(text);
}

Result<std::uint8_t> parse_border(std::string_view text) {
  const auto grey = parse_number<int>(text, 0, 255);
  if (!grey) return grey.error();
  return static_cast<std::uint8_t>(*grey);
}

struct Key {
  std::string_view name;
  std::function<Result<void>(ImageSettings&, std::string_view)> set;
  std::function<void(ImageSettings&, const ImageSettings&)> replace;
};

template <typename Parse, typename Member>
Key key(std::string_view name, Parse parse, Member member) {
  return {name,
          [parse, member](ImageSettings& settings, std::string_view text) -> Result<void> {
            auto value = parse(text);
            if (!value) return value.error();
            settings.*member = *std::move(value);
            return {};
          },
          [member](ImageSettings& settings, const ImageSettings& by) {
            if (by.*member != std::decay_t<decltype(by.*member)>()) settings.*member = by.*member;
          }};
}

const std::vector<Key>& keys() {
  using S = ImageSettings;
  static const std::vector<Key> kKeys{
      key("preset", parse_preset, &S::preset),        key("width", parse_side, &S::width),
      key("height", parse_side, &S::height),          key("resize_to", parse_side, &S::resize_to),
      key("fit", image::parse_fit, &S::fit),          key("colour", image::parse_colour, &S::colour),
      key("layout", image::parse_layout, &S::layout), key("scale", parse_factor, &S::scale),
      key("mean", parse_colours, &S::mean),           key("std", parse_colours, &S::std),
      key("border", parse_border, &S::border),        key("labels", parse_file, &S::labels),
      key("task", task::parse_kind, &S::task)};
  return kKeys;
}

template <typename T>
void replace(T& value, const std::optional<T>& by) {
  if (by) value = *by;
}

}  // namespace

bool is_image_setting(std::string_view key) {
  return std::ranges::find(keys(), key, &Key::name) != keys().end();
}

Result<void> set_image(ImageSettings& settings, std::string_view key, std::string_view value) {
  for (const Key& known : keys())
    if (known.name == key) return known.set(settings, value);
  std::vector<std::string_view> names;
  for (const Key& known : keys()) names.push_back(known.name);
  return error(ErrorKind::invalid, "there is no image setting '{}'; use {}", key, fmt::join(names, ", "));
}

void replace_set(ImageSettings& settings, const ImageSettings& by) {
  for (const Key& known : keys()) known.replace(settings, by);
}

Result<image::Preparation> preparation_of(const ImageSettings& settings, const TensorSpec& input) {
  auto chosen = image::preset(settings.preset.empty() ? "raw" : settings.preset, settings.width.value_or(0),
                              settings.height.value_or(0));
  if (!chosen) return chosen.error();
  image::Preparation& p = *chosen;
  replace(p.resize_to, settings.resize_to);
  replace(p.fit, settings.fit);
  replace(p.colour, settings.colour);
  replace(p.layout, settings.layout);
  replace(p.scale, settings.scale);
  replace(p.mean, settings.mean);
  replace(p.std, settings.std);
  replace(p.border, settings.border);
  return image::sized_for(p, input);
}

}  // namespace tideline::config
