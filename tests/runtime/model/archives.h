// Archives of networks as a test damages them: taken apart, and put together again with checksums that fit.
#pragma once

#include <zip.h>

#include <filesystem>
#include <map>
#include <string>

namespace tideline {

struct ZipRecord {
  std::string bytes;
  bool packed = false;
};

// By name, in the order of the names.
using ZipRecords = std::map<std::string, ZipRecord>;

// The folder in which all records are, with the slash behind it.
inline std::string folder_of(const ZipRecords& records) {
  const std::string& name = records.begin()->first;
  return name.substr(0, name.find('/') + 1);
}

inline ZipRecords taken_apart(const std::filesystem::path& file) {
  ZipRecords records;
  zip_t* const archive = zip_open(file.c_str(), ZIP_RDONLY, nullptr);
  for (zip_int64_t i = 0; i < zip_get_num_entries(archive, 0); ++i) {
    zip_stat_t stat;
    zip_stat_index(archive, static_cast<zip_uint64_t>(i), 0, &stat);
    ZipRecord record{std::string(stat.size, '\0'), stat.comp_method != ZIP_CM_STORE};
    zip_file_t* const open = zip_fopen_index(archive, static_cast<zip_uint64_t>(i), 0);
    zip_fread(open, record.bytes.data(), record.bytes.size());
    zip_fclose(open);
    records.emplace(stat.name, std::move(record));
  }
  zip_discard(archive);
  return records;
}

inline void put_together(const ZipRecords& records, const std::filesystem::path& file) {
  std::filesystem::remove(file);
  zip_t* const archive = zip_open(file.c_str(), ZIP_CREATE, nullptr);
  for (const auto& [name, record] : records) {
    zip_source_t* const source = zip_source_buffer(archive, record.bytes.data(), record.bytes.size(), 0);
    const zip_int64_t place = zip_file_add(archive, name.c_str(), source, 0);
    zip_set_file_compression(archive, static_cast<zip_uint64_t>(place), record.packed ? ZIP_CM_DEFLATE : ZIP_CM_STORE,
                             0);
  }
  zip_close(archive);
}

}  // namespace tideline
