#include "runtime/app/modes/load_table.h"

#include "policy/table/table_json.h"
#include "runtime/app/modes/fingerprint.h"
#include "tests/policy/tables.h"
#include "tests/support/lenet.h"

#include <gtest/gtest.h>

namespace tideline {
namespace {

// A table of lenet that was measured on an edge of that description.
Result<std::shared_ptr<const table::PartitionTable>> loaded(modes::Machine edge) {
  const modes::NamedModel named{"lenet", lenet(), nullptr, nullptr};
  table::PartitionTable::Origin origin = fixtures::origin();
  origin.model = lenet()->digest();
  origin.cuts = lenet()->last_cut() + 1;
  origin.precisions = {};
  origin.edge = std::move(edge);
  const plan::Plan whole{origin.model, lenet()->last_cut(), plan::Codec::fp32};
  const auto table =
      table::PartitionTable::make(origin, {{plan::Stress{}, {}, {fixtures::estimate(whole, fixtures::ms(5))}}});
  EXPECT_TRUE(table) << table.error().message;
  const TemporaryFolder folder;
  config::Config config;
  config.tables["lenet"] = folder.with("table.json", table::to_json(*table));
  return modes::load_table(config, named);
}

TEST(LoadTable, RefusesATableOfAnotherKindOfProcessor) {
  EXPECT_TRUE(loaded({{"architecture", modes::architecture()}, {"cpu", "another"}}));
  EXPECT_TRUE(loaded({{"cpu", "an older table"}}));
  const auto other = loaded({{"architecture", "sparc64"}});
  ASSERT_FALSE(other);
  EXPECT_TRUE(
      other.error().message.ends_with("it was measured on an edge with another kind of processor (sparc64, while this "
                                      "is " +
                                      modes::architecture() + "); measure again with --profile"))
      << other.error().message;
}

}  // namespace
}  // namespace tideline
