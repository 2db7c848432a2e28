#include "runtime/model/api/digest.h"

#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <span>
#include <sstream>
#include <vector>

namespace tideline::model {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;
constexpr std::size_t kHalf = 32;  // Hex digits.

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// Returns the 64 hex digits of everything that `in` yields.
Result<std::string> sha256_of(std::istream& in) {
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> chunk(kChunk);
  while (good && in) {
    in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    good = EVP_DigestUpdate(context.get(), chunk.data(), static_cast<std::size_t>(in.gcount())) == 1;
  }
  if (in.bad()) return error(ErrorKind::invalid, "it cannot be read to its end");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1) {
    return error(ErrorKind::internal, "OpenSSL cannot compute a SHA-256");
  }
  return fmt::format("{:02x}", fmt::join(std::span(digest).first(size), ""));
}

// One line per cut. Omits the names of tensors, which do not depend on where the cut is.
std::string list(std::span<const Cut> cuts) {
  std::string text;
  for (const Cut& cut : cuts) {
    text += cut.name;
    for (const TensorSpec& spec : cut.tensors) text += " " + to_string(spec);
    text += '\n';
  }
  return text;
}

}  // namespace

Result<std::string> digest_of(const std::filesystem::path& file, std::span<const Cut> cuts, const std::string& image) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return error(ErrorKind::invalid, "{}: there is no such file, or no permission to read it", file.string());
  const auto content = sha256_of(in);
  if (!content) return content.error().within(file.string());
  std::istringstream lines(list(cuts) + (image.empty() ? "" : "image " + image + "\n"));
  const auto places = sha256_of(lines);
  if (!places) return places.error();
  return content->substr(0, kHalf) + places->substr(0, kHalf);
}

bool of_one_file(std::string_view digest, std::string_view other) {
  return digest.substr(0, kHalf) == other.substr(0, kHalf);
}

}  // namespace tideline::model
