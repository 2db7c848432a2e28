// A load of the processor, as long as it takes to tell two from each other.
#include "runtime/testbed/cpu_load.h"
#include "tests/runtime/testbed/real_machine.h"

namespace tideline::testbed {
namespace {

double reached_by(double share) {
  const auto load = CpuLoad::start(share, {}, true);
  EXPECT_TRUE(load) << load.error().message;
  return load ? (*load)->measure(std::chrono::milliseconds(400)) : 0;
}

TEST(CpuLoad, MoreIsMore) {
  // Several rounds, since what others do on this machine may favour either in one of them.
  double quarter = 0, whole = 0;
  for (int round = 0; round < 3; ++round) {
    quarter += reached_by(0.25);
    whole += reached_by(1);
  }
  EXPECT_GT(whole, 1.5 * quarter);
}

}  // namespace
}  // namespace tideline::testbed
