#include "runtime/base/precision.h"

#include <gtest/gtest.h>

namespace tideline {
namespace {

TEST(Precision, IsReadAsItIsWritten) {
  for (const Precision precision : {Precision::fp32, Precision::bf16, Precision::fp16}) {
    EXPECT_EQ(*parse_precision(name(precision)), precision);
    EXPECT_EQ(*precision_from_wire(static_cast<std::uint8_t>(precision)), precision);
  }
}

TEST(Precision, KeepsItsNumbersOfTheProtocol) {
  EXPECT_EQ(name(*precision_from_wire(0)), "fp32");
  EXPECT_EQ(name(*precision_from_wire(1)), "bf16");
  EXPECT_EQ(name(*precision_from_wire(2)), "fp16");
}

TEST(Precision, AnUnknownNameIsRefusedWithThoseThatAreKnown) {
  const auto precision = parse_precision("fp8");
  ASSERT_FALSE(precision);
  EXPECT_EQ(precision.error().kind, ErrorKind::invalid);
  EXPECT_EQ(precision.error().message, R"("fp8" is not a precision; write "fp32", "bf16" or "fp16")");
}

TEST(Precision, AnUnknownNumberOfAPeerIsCorrupt) {
  const auto precision = precision_from_wire(3);
  ASSERT_FALSE(precision);
  EXPECT_EQ(precision.error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace tideline
