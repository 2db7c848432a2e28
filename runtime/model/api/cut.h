// Cut: a place where the graph may be divided.
//
// Must compile as C++17, like tensor.h.
#pragma once

#include "runtime/base/tensor.h"
#include "runtime/base/units.h"

#include <cstdint>
#include <string>
#include <vector>

namespace tideline::model {

struct Cut {
  std::uint32_t index = 0;          // 0: the inputs cross (cloud-only). The last: nothing crosses (edge-only).
  std::string name;                 // The last layer of the head, "features.2 max_pool2d"; "input"; "output".
  std::vector<TensorSpec> tensors;  // The tensors that cross, in order; for the last cut the network's outputs.
  Bytes bytes;  // Sum of the tensors' bytes, before any codec; 0 for the last cut. For a batch of one if the batch
                // varies.
  Bytes head_parameters;   // Bytes of the weights that the head uses.
  Bytes tail_parameters;   // Bytes of the weights that the tail uses.
  Bytes head_memory;       // Memory that the head needs: its weights as stored, plus the peak of its tensors, including
                           // inputs and crossing tensors; for a batch of one. Never decreases from cut to cut.
  bool dominated = false;  // An earlier cut sends no more bytes, so this one only moves work to the edge.
};

// Sets index, bytes and `dominated` of all cuts of a network, in order, from their tensors. REQUIRES: not empty.
void number_and_compare(std::vector<Cut>& cuts);

}  // namespace tideline::model
