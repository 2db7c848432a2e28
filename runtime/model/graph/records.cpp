#include "runtime/model/graph/records.h"

#include "runtime/base/units.h"

#include <zip.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

namespace tideline::graph {
namespace {

constexpr zip_int64_t kMostRecords = 100'000;
constexpr std::size_t kAtOnce = 1 << 20;

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;
using Open = std::unique_ptr<zip_file_t, decltype(&zip_fclose)>;

Error broken(const std::string& what) {
  return error(ErrorKind::invalid,
               "this is not a TorchScript file, or it is damaged: {}; copy it again, or save the network again with "
               "torch.jit.save",
               what);
}

// Since version 1.11, libzip has a separate error for an archive without its end.
bool is_cut_short(int failure) {
#ifdef ZIP_ER_TRUNCATED_ZIP
  if (failure == ZIP_ER_TRUNCATED_ZIP) return true;
#endif
  return failure == ZIP_ER_NOZIP;
}

Result<Archive> open(const std::string& file) {
  int failure = 0;
  Archive archive(zip_open(file.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &failure), &zip_discard);
  if (archive) return archive;
  if (is_cut_short(failure)) return broken("it was cut short, its end is missing");
  return broken("its directory contradicts its records");
}

std::string without_folder(const std::string& name) {
  const auto slash = name.find('/');
  return slash == std::string::npos ? name : name.substr(slash + 1);
}

bool is_pickle(const std::string& name) {
  return name == "data.pkl" || name == "constants.pkl";
}

// Reads the record to its end, where libzip checks length and checksum; copies it to `text` if that is not null.
bool reads_well(zip_t& archive, zip_uint64_t place, std::uint64_t size, std::string* text) {
  const Open record(zip_fopen_index(&archive, place, 0), &zip_fclose);
  if (!record) return false;
  std::vector<char> part(std::min<std::uint64_t>(kAtOnce, size + 1));
  std::uint64_t seen = 0;
  zip_int64_t count = 0;
  while ((count = zip_fread(record.get(), part.data(), part.size())) > 0) {
    seen += static_cast<std::uint64_t>(count);
    if (seen > size) return false;
    if (text != nullptr) text->append(part.data(), static_cast<std::size_t>(count));
  }
  return count == 0 && seen == size;
}

// Totals of all records so far.
struct Sums {
  std::uint64_t stored = 0;
  std::uint64_t unpacked = 0;
};

Result<void> add(const zip_stat_t& record, std::uint64_t room, Sums& sums) {
  constexpr zip_uint64_t kNeeded = ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
  if ((record.valid & kNeeded) != kNeeded) return broken("a record does not state its size");
  const bool stored = record.comp_method == ZIP_CM_STORE;
  if (!stored && record.comp_method != ZIP_CM_DEFLATE) return broken("a record is packed in an unknown way");
  if (stored && record.size != record.comp_size) return broken("a record has two sizes");
  if (record.comp_size > room - sums.stored) return broken("its records are larger than the file");
  sums.stored += record.comp_size;
  if (stored) return {};
  if (record.size > kMostUnpacked - sums.unpacked)
    return error(
        ErrorKind::invalid,
        "its code unpacks to more than {}, more than any network needs; save the network again with torch.jit.save",
        to_string(Bytes{kMostUnpacked}));
  sums.unpacked += record.size;
  return {};
}

Result<void> read_record(zip_t& archive, zip_uint64_t place, std::uint64_t room, Sums& sums, Records& records) {
  zip_stat_t record;
  if (zip_stat_index(&archive, place, 0, &record) != 0) return broken("its directory cannot be read");
  if (auto sound = add(record, room, sums); !sound) return sound;
  const std::string name = without_folder(record.name);
  if (!records.sizes.emplace(name, record.size).second) return broken("it holds a record twice");
  std::string* const text = is_pickle(name) ? &records.pickles[name] : nullptr;
  if (!reads_well(archive, place, record.size, text)) return broken("a record's length or checksum is wrong");
  return {};
}

}  // namespace

Result<Records> read_records(const std::string& file) {
  std::error_code failure;
  const auto room = std::filesystem::file_size(file, failure);
  if (failure) return broken("it cannot be read");
  const auto archive = open(file);
  if (!archive) return archive.error();
  const auto count = zip_get_num_entries(archive->get(), 0);
  if (count > kMostRecords) return broken("it holds more records than any network");
  Records records;
  Sums sums;
  for (zip_int64_t i = 0; i < count; ++i) {
    if (auto read = read_record(**archive, static_cast<zip_uint64_t>(i), room, sums, records); !read)
      return read.error();
  }
  return records;
}

}  // namespace tideline::graph
