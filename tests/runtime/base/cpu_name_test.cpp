#include "runtime/base/cpu_name.h"

#include <gtest/gtest.h>

namespace tideline {
namespace {

constexpr std::string_view kXeon =
    "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel\t\t: 167\nmodel name\t: Intel(R) Xeon(R)\n";

std::string core(std::string_view implementer, std::string_view part) {
  return "processor\t: 0\nBogoMIPS\t: 108.00\nFeatures\t: fp asimd crc32 cpuid\nCPU implementer\t: " +
         std::string(implementer) + "\nCPU architecture: 8\nCPU variant\t: 0x0\nCPU part\t: " + std::string(part) +
         "\nCPU revision\t: 3\n\n";
}

TEST(CpuName, IsTheNameThatTheKernelKnows) {
  EXPECT_EQ(cpu_name(kXeon, ""), "Intel(R) Xeon(R)");
  EXPECT_EQ(cpu_name(kXeon, "A Board"), "Intel(R) Xeon(R)");
}

TEST(CpuName, OnArmIsThatOfTheBoardAndItsCores) {
  const std::string one = core("0x41", "0xd08");
  EXPECT_EQ(cpu_name(one + one + one + one, std::string_view("Raspberry Pi 4 Model B Rev 1.4\0", 31)),
            "Raspberry Pi 4 Model B Rev 1.4, Cortex-A72");
  EXPECT_EQ(cpu_name(core("0x41", "0xd05") + core("0x41", "0xd0b"), "Radxa ROCK 5B"),
            "Radxa ROCK 5B, Cortex-A55 and Cortex-A76");
}

TEST(CpuName, OfAnUnknownCoreIsItsNumbers) {
  EXPECT_EQ(cpu_name(core("0x46", "0x001"), ""), "core 0x46/0x001");
  EXPECT_EQ(cpu_name(core("0x51", "0xd08"), ""), "core 0x51/0xd08") << "another maker's number";
}

TEST(CpuName, NeedsNeitherFile) {
  EXPECT_EQ(cpu_name("", ""), "unknown");
  EXPECT_EQ(cpu_name("", "A Board\n"), "A Board");
  EXPECT_EQ(cpu_name("model name", ""), "unknown") << "a line without a value";
  EXPECT_EQ(cpu_name("CPU implementer\t: 0x41\n", ""), "unknown") << "a core without a part";
}

TEST(CpuName, IsOneLineThatATerminalMayShow) {
  EXPECT_EQ(cpu_name("model name : a\x1b[2Jb\n", ""), "a\\x1b[2Jb");
}

}  // namespace
}  // namespace tideline
