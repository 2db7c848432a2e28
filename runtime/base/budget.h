// Budget: bounds the bytes that this process holds for others, in all and for each of them.
//
// One budget for all doors of a process: what one takes, the others cannot. Bytes are taken before memory is, and given
// back by the destructor of what took them. Who a peer is, the doors say: a certificate's name, or an address.
// Thread-safe; one Held belongs to one thread at a time.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace tideline {

class Budget {
 public:
  struct Bounds {
    Bytes all;
    Bytes per_peer;
  };

  // Returns a quarter of the memory that this process may use, 1 GiB at most, and half of that for a peer.
  static Bounds usual();

  explicit Budget(Bounds bounds) : bounds_(bounds) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  // Bytes that are held for one peer. REQUIRES: the budget outlives it.
  class Held {
   public:
    Held() = default;  // Of no budget: grows without a bound.
    Held(Held&& other) noexcept { *this = std::move(other); }
    Held& operator=(Held&& other) noexcept;
    ~Held() { give_back(); }

    // Takes more. Returns invalid when so much is never held for one peer, overloaded when it is not now; both say why.
    // On error nothing has changed.
    Result<void> grow(Bytes more);
    // From now on this holds `size` bytes, within the bounds or not: for what is there already.
    void set(Bytes size);
    Bytes size() const { return size_; }

   private:
    friend class Budget;
    Held(Budget* budget, std::string peer) : budget_(budget), peer_(std::move(peer)) {}
    void give_back();

    Budget* budget_ = nullptr;
    std::string peer_;
    Bytes size_;
  };

  // Returns what holds `size` bytes for `peer`; an error as Held::grow() does.
  Result<Held> take(std::string peer, Bytes size);

  Bytes held() const;
  Bytes held_for(const std::string& peer) const;

 private:
  Result<void> add(const std::string& peer, Bytes more);
  void change(const std::string& peer, Bytes from, Bytes to);
  std::uint64_t of(const std::string& peer) const;  // REQUIRES: m_ is held.

  const Bounds bounds_;
  mutable std::mutex m_;
  std::uint64_t all_ = 0;                       // Guarded by m_, as all below.
  std::map<std::string, std::uint64_t> peers_;  // Only those for whom something is held.
};

}  // namespace tideline
