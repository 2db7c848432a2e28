// All networks of the zoo.
#include "runtime/model/zoo/zoo.h"
#include "tests/runtime/model/networks.h"
#include "tests/runtime/model/scratch.h"

namespace tideline {
namespace {

TEST(RowsSlow, TheWholeZooKeepsRequestsApart) {
  const Scratch scratch;
  for (const auto* name : {"alexnet", "densenet121", "googlenet", "mobilenet", "resnet50", "resnet50v2", "vgg16"}) {
    ASSERT_TRUE(zoo::write_zoo_model(name, 1, scratch / "n.pt"));
    const auto model = load_or_fail(scratch / "n.pt");
    ASSERT_TRUE(model);
    for (const std::uint32_t cut : {0U, model->last_cut() / 2, model->last_cut() - 1}) {
      const auto proved = model->keeps_apart(model->tail(cut), 1);
      EXPECT_TRUE(proved) << name << ", cut " << cut << ": " << proved.error().message;
    }
  }
}

}  // namespace
}  // namespace tideline
