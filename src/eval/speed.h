// How fast a model runs here, and what share of the machine's limits that is: encoding against the
// peak of the type that is multiplied in and of float32, decoding against the memory's bandwidth.
// Speeds and shares are medians; noise is half the distance between the quartiles of the seconds,
// as a share of their median. The limits of a share are measured right before and after what is
// held against them. Decoding takes a step of each context and batch in turn, so that their ratios
// are of the same moments: what a virtual machine's neighbours leave changes from one second to the
// next.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/status.h"
#include "eval/machine.h"
#include "infer/modes.h"
#include "model/model.h"

namespace quire {

struct SpeedOptions {
  std::vector<Mode> modes;  // encode is measured for the views of each
  std::vector<std::size_t> prompts = {273, 1400};
  std::vector<std::size_t> contexts = {300, 2000, 8000};  // those the model has room for
  std::vector<std::size_t> batches = {1, 2, 4, 8};        // at the first context
  int repeats = 3;
  // Called before each measurement with what it is; false ends the study with what it has.
  std::function<bool(int done, int total, const std::string& what)> progress = {};
};

struct EncodeSpeed {
  std::string mode;
  std::size_t side = 0;   // pixels of the view
  std::string precision;  // "int16", "bfloat16" or "float32", as most products are
  double seconds = 0, gflop = 0;
  // Of what the units can do in that type, and in float32: more than 1 where they do more in it.
  double share = 0, float32_share = 0;
  double noise = 0;
};
struct PrefillSpeed {
  std::string type;  // of the decoder's weights
  std::size_t tokens = 0;
  double tokens_per_s = 0;
  double noise = 0;
};
struct DecodeSpeed {
  std::string type, cache;  // of the weights; of keys and values
  std::size_t context = 0, batch = 1;
  double tokens_per_s = 0;  // of all sequences together
  double share = 0;         // of what the memory could feed
  double noise = 0;
};

struct SpeedStudy {
  Machine machine;
  std::vector<EncodeSpeed> encode;
  std::vector<PrefillSpeed> prefill;
  std::vector<DecodeSpeed> decode;
};

SpeedStudy run_speed_study(const Model& model, const SpeedOptions& options);

}  // namespace quire
