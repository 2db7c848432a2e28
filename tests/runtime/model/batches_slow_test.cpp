// A larger network that takes several requests at once, and any batch.
#include "tests/runtime/model/batches.h"

namespace tideline {
namespace {

TEST(Together, TheZooDoes) {
  const Scratch scratch;
  expect_together(scratch, "mobilenet");
}

TEST(AnyBatch, TheZooTakesItByTheOperatorsWord) {
  const Scratch scratch;
  expect_any_batch(scratch, "mobilenet");
}

}  // namespace
}  // namespace tideline
