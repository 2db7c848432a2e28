#include "profiler/campaign/campaign_plan.h"

#include "profiler/campaign/grid.h"
#include "tests/profiler/campaigns.h"

#include <gmock/gmock.h>

#include <algorithm>

namespace tideline::campaign {
namespace {

using namespace tideline::fixtures;
using ::testing::Contains;

// Three forms of a photo, and tensors of three cuts. All images have the bytes of the whole input before their codec.
journal::Context photos() {
  journal::Context c = small_campaign();
  c.method = journal::Method::separable;
  c.cells = *cells_of({{50_Mbps, 10_Mbps}, {0, 1}, {0}, {0}, {0}});
  c.cuts = 6;
  c.candidates.clear();
  for (const plan::Codec image : plan::image_codecs())
    c.candidates.push_back({{kModel, 0, image}, "input", Bytes{602112}});
  for (const std::uint32_t cut : {1u, 2u, 3u})
    for (const plan::Codec codec : {plan::Codec::fp32, plan::Codec::q8})
      c.candidates.push_back({{kModel, cut, codec}, "layer", Bytes{400'000 / (cut * cut)}});
  return c;
}

TEST(CampaignPlan, ALinkIsMeasuredWithTheMostBytesThatCross) {
  const journal::Context context = photos();
  const auto visits = design(context);
  const auto link = std::ranges::find(visits, Role::link, &CellVisit::role);
  ASSERT_NE(link, visits.end());
  const auto largest = std::ranges::find_if(context.candidates, [](const journal::Candidate& c) {
    return c.plan.cut == 1 && c.plan.codec == plan::Codec::fp32;
  });
  EXPECT_THAT(link->candidates, Contains(largest - context.candidates.begin()))
      << "a photo's file and pixels are smaller than the tensor, whatever the input takes in fp32";
}

}  // namespace
}  // namespace tideline::campaign
