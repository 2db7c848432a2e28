// MemoryGate: limits the bytes that callers work in at once; serves them in order of arrival.
//
//     MemoryGate gate(256_MiB);
//     const Result<MemoryGate::Share> share = gate.enter(48_MiB);
//     if (!share) return share.error();
//     decode(file);  // The destructor of `share` gives the bytes back.
//
// For short work whose memory is known before: who has to wait waits as long as those before it work. A caller holds
// one share at a time, or two could wait for each other. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>

namespace tideline {

class MemoryGate {
 public:
  explicit MemoryGate(Bytes all) : all_(all), free_(all) {}
  MemoryGate(const MemoryGate&) = delete;
  MemoryGate& operator=(const MemoryGate&) = delete;

  // The right to use so many bytes. The destructor gives them back.
  class Share {
   public:
    Share(Share&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), size_(other.size_) {}
    Share& operator=(Share&&) = delete;
    ~Share();

   private:
    friend class MemoryGate;
    Share(MemoryGate* gate, Bytes size) : gate_(gate), size_(size) {}
    MemoryGate* gate_;
    Bytes size_;
  };

  // Waits for its turn, and until so many bytes are free. Returns invalid if all of them would not be enough.
  Result<Share> enter(Bytes size);

  Bytes all() const { return all_; }

 private:
  void leave(Bytes size);

  const Bytes all_;
  std::mutex m_;
  std::condition_variable turn_;
  Bytes free_;  // Guarded by m_, like all members below.
  std::uint64_t next_ticket_ = 0, served_ = 0;
};

}  // namespace tideline
