#include "runtime/model/graph/storages.h"

#include <array>
#include <cstring>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tideline::graph {
namespace {

// A value of a pickle, as far as this check needs it.
struct Item {
  enum class Kind { other, text, number } kind = Kind::other;
  std::string text;
  std::int64_t number = 0;
};

// The operand of an opcode: that many bytes, or a length of that many bytes followed by as many bytes as it says.
struct Opcode {
  char code;
  std::size_t bytes;
  std::size_t length;
  bool pushes;
};

constexpr std::array<Opcode, 40> kOpcodes{{
    {'\x80', 1, 0, false}, {'.', 0, 0, false},   {'(', 0, 0, false},   {')', 0, 0, true},    {'}', 0, 0, true},
    {']', 0, 0, true},     {'N', 0, 0, true},    {'\x88', 0, 0, true}, {'\x89', 0, 0, true}, {'J', 4, 0, true},
    {'K', 1, 0, true},     {'M', 2, 0, true},    {'\x8a', 0, 1, true}, {'\x8b', 0, 4, true}, {'G', 8, 0, true},
    {'X', 0, 4, true},     {'T', 0, 4, true},    {'U', 0, 1, true},    {'B', 0, 4, true},    {'C', 0, 1, true},
    {'q', 1, 0, false},    {'r', 4, 0, false},   {'h', 1, 0, true},    {'j', 4, 0, true},    {'t', 0, 0, true},
    {'\x85', 0, 0, true},  {'\x86', 0, 0, true}, {'\x87', 0, 0, true}, {'a', 0, 0, false},   {'e', 0, 0, false},
    {'s', 0, 0, false},    {'u', 0, 0, false},   {'R', 0, 0, true},    {'b', 0, 0, false},   {'Q', 0, 0, true},
    {'\x81', 0, 0, true},  {'l', 0, 0, true},    {'d', 0, 0, true},    {'0', 0, 0, false},   {'2', 0, 0, true},
}};

constexpr std::array<std::pair<std::string_view, std::uint64_t>, 15> kStorages{{{"FloatStorage", 4},
                                                                                {"DoubleStorage", 8},
                                                                                {"HalfStorage", 2},
                                                                                {"BFloat16Storage", 2},
                                                                                {"LongStorage", 8},
                                                                                {"IntStorage", 4},
                                                                                {"ShortStorage", 2},
                                                                                {"CharStorage", 1},
                                                                                {"ByteStorage", 1},
                                                                                {"BoolStorage", 1},
                                                                                {"QInt8Storage", 1},
                                                                                {"QUInt8Storage", 1},
                                                                                {"QInt32Storage", 4},
                                                                                {"ComplexFloatStorage", 8},
                                                                                {"ComplexDoubleStorage", 16}}};

std::int64_t little_endian(std::string_view bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size() && i < sizeof number; ++i)
    number |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  const bool negative = !bytes.empty() && bytes.size() < sizeof number && (bytes.back() & '\x80') != 0;
  if (negative) number |= ~std::uint64_t{0} << (8 * bytes.size());
  return static_cast<std::int64_t>(number);
}

// Reads a pickle as a sequence of opcodes, and remembers the last few values. The five values before its BINPERSID name
// a storage: ('storage', class, record, device, count).
class Pickle {
 public:
  Pickle(std::string_view bytes, std::string folder, const Records& records)
      : rest_(bytes), folder_(std::move(folder)), records_(records) {}

  Result<void> check() {
    while (!rest_.empty()) {
      const char code = take(1)->front();
      if (code == '.') return {};
      const bool read = code == 'c' ? read_global() : read_value(code);
      if (!read) break;
      if (code != 'Q') continue;
      if (auto fits = check_storage(); !fits) return fits;
    }
    return error(ErrorKind::invalid,
                 "its {}.pkl is cut short, or was not written by libtorch; save the network again with torch.jit.save",
                 folder_);
  }

 private:
  std::optional<std::string_view> take(std::uint64_t count) {
    if (count > rest_.size()) return std::nullopt;
    const auto taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  void push(Item item) {
    if (last_.size() >= 64) last_.erase(last_.begin(), last_.begin() + 32);
    last_.push_back(std::move(item));
  }
  // "c" module newline name newline.
  bool read_global() {
    const auto module = rest_.find('\n');
    const auto end = module == std::string_view::npos ? module : rest_.find('\n', module + 1);
    if (end == std::string_view::npos) return false;
    push({Item::Kind::text, std::string(rest_.substr(module + 1, end - module - 1)), 0});
    rest_.remove_prefix(end + 1);
    return true;
  }
  bool read_value(char code) {
    for (const Opcode& known : kOpcodes) {
      if (known.code != code) continue;
      const auto length = take(known.length);
      const auto bytes = length ? take(known.bytes + static_cast<std::uint32_t>(little_endian(*length))) : length;
      if (!bytes) return false;
      step(known, *bytes);
      return true;
    }
    return false;
  }
  void step(const Opcode& known, std::string_view bytes) {
    const std::string_view text = "XTUBC", numbers = "JM", put = "qr", get = "hj";
    const auto is_in = [&](std::string_view codes) { return codes.find(known.code) != std::string_view::npos; };
    if (is_in(put) && !last_.empty()) memo_[little_endian(bytes)] = last_.back();
    if (is_in(get)) return push(memo_[little_endian(bytes)]);
    if (is_in(text)) return push({Item::Kind::text, std::string(bytes), 0});
    if (known.code == 'K') return push({Item::Kind::number, {}, static_cast<unsigned char>(bytes.front())});
    if (known.code == 'M') return push({Item::Kind::number, {}, little_endian(bytes) & 0xFFFF});
    if (is_in(numbers) || known.code == '\x8a') return push({Item::Kind::number, {}, little_endian(bytes)});
    if (known.code == 't') return;  // BINPERSID takes a tuple of the values before it.
    if (known.code != 'Q' && known.pushes) push({});
  }
  Result<void> check_storage() {
    if (last_.size() < 5) return odd();
    const Item &kind = last_.end()[-4], &record = last_.end()[-3], &count = last_.end()[-1];
    for (const auto& [name, size] : kStorages) {
      if (kind.text != name || count.kind != Item::Kind::number || count.number < 0) continue;
      const auto found = records_.sizes.find(folder_ + "/" + record.text);
      const auto numbers = static_cast<std::uint64_t>(count.number);
      if (found != records_.sizes.end() && numbers <= found->second && numbers * size <= found->second) return {};
      if (found != records_.sizes.end())
        return error(ErrorKind::invalid,
                     "its record '{}/{}' holds {} bytes, too few for {} numbers of {} bytes; copy the file again, "
                     "or save the network again",
                     folder_, record.text, found->second, numbers, size);
      return error(ErrorKind::invalid, "its record '{}/{}' is missing; copy the file again, or save the network again",
                   folder_, record.text);
    }
    return odd();
  }
  Result<void> odd() const {
    return error(ErrorKind::invalid,
                 "its {}.pkl names a tensor's memory in an unknown way; save the network again with torch.jit.save",
                 folder_);
  }

  std::string_view rest_;
  const std::string folder_;
  const Records& records_;
  std::vector<Item> last_;
  std::unordered_map<std::int64_t, Item> memo_;
};

}  // namespace

Result<void> check_storages(const Records& records) {
  for (const auto& [name, bytes] : records.pickles) {
    if (auto sound = Pickle(bytes, name.substr(0, name.find('.')), records).check(); !sound) return sound;
  }
  return {};
}

}  // namespace tideline::graph
