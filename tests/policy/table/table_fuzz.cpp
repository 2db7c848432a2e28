// Whatever is fed to the table's parser: it does not crash, and what it accepts it writes and reads back to the same.
#include "policy/table/table_json.h"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using tideline::table::PartitionTable;
  const auto table = tideline::table::parse_table({reinterpret_cast<const char*>(data), size});
  if (!table) {
    if (table.error().message.empty()) std::abort();
    return 0;
  }
  const auto again = tideline::table::parse_table(to_json(*table));
  if (!again || *again != *table) {
    std::fputs(again ? "the table changed on its way\n" : again.error().message.c_str(), stderr);
    std::abort();
  }
  return 0;
}
