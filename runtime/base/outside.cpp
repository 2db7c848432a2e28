#include "runtime/base/outside.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <optional>

namespace tideline {
namespace {

struct Character {
  std::uint32_t number = 0;
  std::size_t size = 1;
};

struct Form {
  std::uint8_t mask, lead;
  std::size_t size;
  std::uint32_t least;  // Smaller values have a shorter form.
};
constexpr std::array<Form, 4> kForms{
    {{0x80, 0x00, 1, 0}, {0xe0, 0xc0, 2, 0x80}, {0xf0, 0xe0, 3, 0x800}, {0xf8, 0xf0, 4, 0x10000}}};

// Returns the first character of `text`; nothing when its bytes are not valid UTF-8. REQUIRES: !text.empty().
std::optional<Character> first_of(std::string_view text) {
  const auto lead = static_cast<std::uint8_t>(text.front());
  const auto form = std::ranges::find_if(kForms, [lead](const Form& one) { return (lead & one.mask) == one.lead; });
  if (form == kForms.end() || text.size() < form->size) return std::nullopt;
  Character one{lead & ~std::uint32_t{form->mask}, form->size};
  for (const char next : text.substr(1, form->size - 1)) {
    const auto byte = static_cast<std::uint8_t>(next);
    if ((byte & 0xc0) != 0x80) return std::nullopt;
    one.number = one.number << 6 | (byte & 0x3f);
  }
  const bool surrogate = one.number >= 0xd800 && one.number <= 0xdfff;
  if (one.number < form->least || one.number > 0x10ffff || surrogate) return std::nullopt;
  return one;
}

// Returns true iff a terminal acts on the character instead of showing it.
bool is_obeyed(std::uint32_t c) {
  const auto between = [c](std::uint32_t low, std::uint32_t high) { return low <= c && c <= high; };
  return c < 0x20 || between(0x7f, 0x9f) || c == 0x061c || between(0x200e, 0x200f) || between(0x2028, 0x202e) ||
         between(0x2066, 0x2069) || c == 0xfeff;
}

std::string escaped(std::uint32_t c) {
  if (c == '\n') return "\\n";
  if (c == '\r') return "\\r";
  if (c == '\t') return "\\t";
  return c < 0x100 ? fmt::format("\\x{:02x}", c) : fmt::format("\\u{:04x}", c);
}

// Removes the first character from `text` and returns it in printable form.
std::string take_first(std::string_view& text) {
  const std::optional<Character> one = first_of(text);
  const std::string_view bytes = text.substr(0, one ? one->size : 1);
  text.remove_prefix(bytes.size());
  if (!one) return escaped(static_cast<std::uint8_t>(bytes.front()));
  return is_obeyed(one->number) ? escaped(one->number) : std::string(bytes);
}

}  // namespace

std::string outside_text(std::string_view text, std::size_t limit) {
  const std::string mark = fmt::format("... ({} bytes)", text.size());
  const std::size_t most = limit - std::min(limit, mark.size());
  std::string out;
  std::size_t fits = 0;  // The longest prefix of `out` that leaves room for the mark.
  while (!text.empty()) {
    out += take_first(text);
    if (out.size() <= most) fits = out.size();
    if (out.size() > limit) return out.substr(0, fits) + mark;
  }
  return out;
}

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::optional<Character> one = first_of(text);
    if (!one) return false;
    text.remove_prefix(one->size);
  }
  return true;
}

}  // namespace tideline
