// Statistics of small, skewed samples. Pure functions, thread-safe. REQUIRES of all: the sample is not empty.
#pragma once

#include <cstdint>
#include <span>

namespace tideline::fit {

double mean(std::span<const double> xs);
double median(std::span<const double> xs);

// The p-quantile, 0 <= p <= 1, interpolated linearly between order statistics (Hyndman and Fan 1996, type 7).
double quantile(std::span<const double> xs, double p);

// Half width of the 95 % bootstrap percentile interval of the mean (Efron 1979), from 1,000 resamples drawn by `seed`.
// Zero for a sample of one, which has no spread; the caller sees the count.
double bootstrap_half_width(std::span<const double> xs, std::uint64_t seed);

// The standard error of the mean. Zero for a sample of one.
double standard_error(std::span<const double> xs);

// Half width of the 95 % interval of the mean by Student's t. Zero for a sample of one.
double student_half_width(std::span<const double> xs);

}  // namespace tideline::fit
