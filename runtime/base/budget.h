// Budget: limits the bytes that this process holds for its peers, in total and per peer.
//
//     Budget budget(Budget::usual());
//     Result<Budget::Held> held = budget.take("edge-7", 4_MiB);
//     if (!held) return held.error();
//     if (auto grown = held->grow(1_MiB); !grown) return grown.error();
//
// All listeners of a process share one budget. Callers take bytes before they allocate memory; the destructor of Held
// gives them back. The listener names the peer: by the name in its certificate, or by its address. Thread-safe; one
// Held belongs to one thread at a time.
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

  // Returns a quarter of the memory that this process may use, at most 1 GiB, and half of that per peer.
  static Bounds usual();

  explicit Budget(Bounds bounds) : bounds_(bounds) {}
  const Bounds& bounds() const { return bounds_; }
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  // Bytes held for one peer. REQUIRES: the budget outlives it.
  class Held {
   public:
    Held() = default;  // Belongs to no budget and has no limit.
    Held(Held&& other) noexcept { *this = std::move(other); }
    Held& operator=(Held&& other) noexcept;
    ~Held() { give_back(); }

    // Takes more bytes. Returns invalid when the size exceeds the limit per peer, overloaded when too many bytes are
    // held now. On error nothing has changed.
    Result<void> grow(Bytes more);
    // Sets the held bytes to `size`, even beyond the bounds: for memory that is already allocated.
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

  // Returns an object that holds `size` bytes for `peer`. Returns errors as Held::grow() does.
  Result<Held> take(std::string peer, Bytes size);

  Bytes held() const;
  Bytes held_for(const std::string& peer) const;

 private:
  Result<void> add(const std::string& peer, Bytes more);
  void change(const std::string& peer, Bytes from, Bytes to);
  std::uint64_t of(const std::string& peer) const;  // REQUIRES: m_ is held.

  const Bounds bounds_;
  mutable std::mutex m_;
  std::uint64_t all_ = 0;                       // Guarded by m_, like all members below.
  std::map<std::string, std::uint64_t> peers_;  // Only peers with held bytes.
};

}  // namespace tideline
