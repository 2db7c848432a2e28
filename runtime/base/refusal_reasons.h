// The reasons by which an edge counts the requests that it refuses. Constants.
#pragma once

#include <string_view>

namespace tideline::refusal {

inline constexpr std::string_view kTooLate = "too_late";         // No plan can answer by the deadline any more.
inline constexpr std::string_view kOverdue = "overdue";          // The deadline passed while it waited for a slot.
inline constexpr std::string_view kQueueFull = "queue_full";     // Too many wait; it was the oldest.
inline constexpr std::string_view kDisplaced = "displaced";      // Too many wait; one of a higher priority came.
inline constexpr std::string_view kTooOld = "too_old";           // It waited for too long.
inline constexpr std::string_view kNoCloud = "no_cloud";         // Only the cloud could answer, and did not.
inline constexpr std::string_view kMemory = "memory";            // No memory for its body or its values.
inline constexpr std::string_view kConnections = "connections";  // Too many connections are open.
inline constexpr std::string_view kStopping = "stopping";        // The server shuts down.
inline constexpr std::string_view kClientLeft = "client_left";   // Its client ended the connection while it waited.

}  // namespace tideline::refusal
