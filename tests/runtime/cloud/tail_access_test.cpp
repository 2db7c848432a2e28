#include "runtime/cloud/tail_access.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tideline::cloud {
namespace {

using testing::HasSubstr;

TailAccess tail() {
  return {.edge = "192.0.2.7:50412",
          .result = "answered",
          .model = "m",
          .plan = {std::string(64, 'a'), 3, plan::Codec::fp16},
          .priority = 2,
          .received = 3200,
          .sent = 410,
          .queue = std::chrono::milliseconds(1),
          .took = std::chrono::microseconds(12'300),
          .trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"};
}

TEST(TailAccess, ALineTellsWhoAskedForWhatAndHowItWent) {
  EXPECT_EQ(tail_line(tail()),
            "cloud: 192.0.2.7:50412 tail answered, 3200 bytes in, 410 bytes out, 1.000 ms waited, 12.300 ms, "
            "trace=4bf92f3577b34da6a3ce929d0e0e4736, model=m, cut=3, codec=fp16, priority=2");
}

TEST(TailAccess, TheFieldsSayTheSame) {
  EXPECT_EQ(tail_fields(tail()),
            R"("tail":"answered","received_bytes":3200,"sent_bytes":410,"queue_ms":1.000,"ms":12.300,)"
            R"("edge":"192.0.2.7:50412","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","model":"m","cut":3,)"
            R"("codec":"fp16","priority":2)");
}

TEST(TailAccess, ATailWithoutATraceHasNoField) {
  TailAccess plain = tail();
  plain.trace.clear();
  EXPECT_THAT(tail_line(plain), Not(HasSubstr("trace")));
  EXPECT_THAT(tail_fields(plain), Not(HasSubstr("trace")));
}

}  // namespace
}  // namespace tideline::cloud
