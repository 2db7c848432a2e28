#include "runtime/model/digest.h"

#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <span>
#include <vector>

namespace tideline {
namespace {

constexpr std::size_t kChunk = std::size_t{1} << 20;

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

}  // namespace

Result<std::string> sha256_of(const std::filesystem::path& file, std::string_view more) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return error(ErrorKind::invalid, "{}: there is no such file, or it may not be read", file.string());
  const std::unique_ptr<EVP_MD_CTX, Free> context(EVP_MD_CTX_new());
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> chunk(kChunk);
  while (good && in) {
    in.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    good = EVP_DigestUpdate(context.get(), chunk.data(), static_cast<std::size_t>(in.gcount())) == 1;
  }
  if (in.bad()) return error(ErrorKind::invalid, "{}: it cannot be read to its end", file.string());
  good = good && EVP_DigestUpdate(context.get(), more.data(), more.size()) == 1;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), &size) != 1) {
    return error(ErrorKind::internal, "OpenSSL cannot compute a SHA-256");
  }
  return fmt::format("{:02x}", fmt::join(std::span(digest).first(size), ""));
}

}  // namespace tideline
