#include "eval/speed.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <span>
#include <utility>

#include "base/clock.h"
#include "eval/cost.h"
#include "eval/median.h"
#include "kernel/kernels.h"
#include "tensor/tensor.h"

namespace quire {
namespace {

constexpr int kSteps = 24;  // of decoding, timed, at least

template <typename Work>
double seconds_of(const Work& work) {
  const double start = steady_seconds();
  work();
  return steady_seconds() - start;
}

// A limit, measured again before and after each time that is held against it.
class Limit {
 public:
  explicit Limit(std::function<double()> now) : now_(std::move(now)) { measure(); }
  void measure() { seen_.push_back(now_()); }
  // Of the speed at which `amount` is done at the limit; 0 where nothing is known of it.
  double share(double amount, double seconds) const {
    const double limit = median(seen_);
    return limit > 0 ? amount / seconds / limit : 0;
  }

 private:
  std::function<double()> now_;
  std::vector<double> seen_;
};

template <typename Work>
std::vector<double> repeated(int repeats, std::span<Limit> limits, const Work& work) {
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) {
    seconds.push_back(seconds_of(work));
    for (Limit& limit : limits) limit.measure();
  }
  return seconds;
}

// Values of an ordinary size, the same in every run.
Tensor noise(Shape shape) {
  Tensor values(std::move(shape));
  std::uint32_t state = 1;
  for (float& value : values.values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<float>(state >> 8) / static_cast<float>(1u << 23) - 1.0f;
  }
  return values;
}

std::string decoder_type(const Model& model) {
  return std::string(dtype_info(model.weights().text.layers.front().q.dtype).name);
}

EncodeSpeed encode_speed(const Model& model, const Mode& mode, std::size_t side, int repeats) {
  EncodeSpeed speed;
  const Products products = model.weights().sam.blocks.front().qkv.weight.products;
  with_products(products, [&](auto kind) { speed.precision = kind.kName; });
  speed.mode = mode.name;
  speed.side = side;
  speed.gflop = encode_operations(model.config(), side) / 1e9;
  const auto s = static_cast<std::int64_t>(side);
  const Tensor pixels = noise({3, s, s});
  model.encode(pixels);  // tables resized, pages of the file read
  Limit limits[] = {Limit([=] { return gflop_s_now(products); }),
                    Limit([] { return gflop_s_now(Products::kFloat32); })};
  const std::vector<double> seconds = repeated(repeats, limits, [&] { model.encode(pixels); });
  speed.seconds = median(seconds);
  speed.noise = noise_of(seconds);
  speed.share = limits[0].share(speed.gflop, speed.seconds);
  speed.float32_share = limits[1].share(speed.gflop, speed.seconds);
  return speed;
}

// A cache that holds `context` positions, of nothing in particular, with room for more.
KvCache filled_cache(const TextConfig& config, std::size_t context, std::size_t more) {
  KvCache cache(config);
  cache.reserve(context + more);
  const auto width = static_cast<std::int64_t>(config.kv_heads * config.head_size());
  const Tensor rows = noise({static_cast<std::int64_t>(context), width});
  for (std::size_t layer = 0; layer < config.layers; ++layer)
    cache.store(layer, rows_of(rows), rows_of(rows));
  cache.advance(context);
  return cache;
}

PrefillSpeed prefill_speed(const Model& model, const std::string& type, std::size_t tokens,
                           int repeats) {
  const TextConfig& config = model.config().text;
  const auto hidden = static_cast<std::int64_t>(config.hidden);
  const Tensor prompt = noise({static_cast<std::int64_t>(tokens), hidden});
  const auto read = [&] {
    KvCache cache(config);
    DecoderState state(config);
    Tensor x = prompt, scores({1, static_cast<std::int64_t>(config.vocabulary)});
    const Segment segment[] = {{&cache, tokens}};
    model.decode(segment, state, rows_of(x));
    model.logits(rows_of(std::as_const(x)).slice(tokens - 1, 1), state, rows_of(scores));
  };
  read();  // weights packed, pages of the file read
  const std::vector<double> seconds = repeated(repeats, {}, read);
  return {type, tokens, static_cast<double>(tokens) / median(seconds), noise_of(seconds)};
}

// Sequences that are decoded together, and how long each step took.
class Decoding {
 public:
  Decoding(const Model& model, std::size_t context, std::size_t batch, int steps)
      : model_(model),
        context_(context),
        caches_(batch,
                filled_cache(model.config().text, context, static_cast<std::size_t>(steps) + 1)),
        state_(model.config().text),
        embeddings_(noise({static_cast<std::int64_t>(batch),
                           static_cast<std::int64_t>(model.config().text.hidden)})),
        scores_({static_cast<std::int64_t>(batch),
                 static_cast<std::int64_t>(model.config().text.vocabulary)}) {
    step();
  }

  void time_step() {
    seconds_.push_back(seconds_of([this] { step(); }));
  }

  DecodeSpeed speed(const std::string& type, const Limit& memory) const {
    const Config& config = model_.config();
    const auto sequences = static_cast<double>(caches_.size());
    const double bytes = decode_weight_bytes(config, model_.weights().text, caches_.size()) +
                         sequences * cache_bytes(config.text, context_);
    const double seconds = median(seconds_);
    return {type,
            std::string(dtype_info(config.text.cache).name),
            context_,
            caches_.size(),
            sequences / seconds,
            memory.share(bytes / 1e9, seconds),
            noise_of(seconds_)};
  }

 private:
  void step() {
    std::vector<Segment> segments;
    for (KvCache& cache : caches_) segments.push_back({&cache, 1});
    Tensor x = embeddings_;
    model_.decode(segments, state_, rows_of(x));
    model_.logits(rows_of(std::as_const(x)), state_, rows_of(scores_));
  }

  const Model& model_;
  std::size_t context_;
  std::vector<KvCache> caches_;
  DecoderState state_;
  Tensor embeddings_, scores_;
  std::vector<double> seconds_;
};

struct DecodeCase {
  std::size_t context, batch;
};

// The contexts with one sequence, and the batches at the first context.
std::vector<DecodeCase> decode_cases(const SpeedOptions& options, std::size_t most_positions,
                                     int steps) {
  std::vector<DecodeCase> cases;
  for (const std::size_t context : options.contexts) cases.push_back({context, 1});
  for (const std::size_t batch : options.batches) {
    if (batch > 1 && !options.contexts.empty()) cases.push_back({options.contexts.front(), batch});
  }
  std::erase_if(cases, [&](const DecodeCase& one) {
    return one.context + static_cast<std::size_t>(steps) + 1 > most_positions;
  });
  return cases;
}

std::vector<DecodeSpeed> decode_speeds(const Model& model, const std::string& type,
                                       std::span<const DecodeCase> cases, int steps) {
  std::deque<Decoding> decodings;
  for (const auto& [context, batch] : cases) decodings.emplace_back(model, context, batch, steps);
  MemoryNow memory;
  Limit limit([&] { return memory.gb_s(); });
  for (int i = 0; i < steps; ++i) {
    for (Decoding& decoding : decodings) {
      decoding.time_step();
      limit.measure();
    }
  }
  std::vector<DecodeSpeed> speeds;
  for (const Decoding& decoding : decodings) speeds.push_back(decoding.speed(type, limit));
  return speeds;
}

struct Measurement {
  std::string what;
  std::function<void()> run;
};

}  // namespace

SpeedStudy run_speed_study(const Model& model, const SpeedOptions& options) {
  SpeedStudy study;
  const Config& config = model.config();
  std::vector<Measurement> plan;
  plan.push_back({"the machine's limits", [&] { study.machine = measure_machine(); }});

  std::set<std::size_t> sides;
  for (const Mode& mode : options.modes) {
    for (const int pixels : {mode.tile_side, mode.view_side}) {
      const auto side = static_cast<std::size_t>(pixels);
      if (side == 0 || !model.check_side(side).ok() || !sides.insert(side).second) continue;
      plan.push_back({"encode, " + std::to_string(side) + " pixels", [&, side, mode] {
                        study.encode.push_back(encode_speed(model, mode, side, options.repeats));
                      }});
    }
  }
  const std::string type = decoder_type(model);
  for (const std::size_t tokens : options.prompts) {
    if (tokens > config.text.max_positions) continue;
    plan.push_back({"prefill, " + std::to_string(tokens) + " tokens", [&, tokens] {
                      study.prefill.push_back(prefill_speed(model, type, tokens, options.repeats));
                    }});
  }
  const int steps = std::max(options.repeats, kSteps);
  const std::vector<DecodeCase> cases = decode_cases(options, config.text.max_positions, steps);
  if (!cases.empty()) {
    plan.push_back({"decode, steps in turn",
                    [&] { study.decode = decode_speeds(model, type, cases, steps); }});
  }

  for (std::size_t i = 0; i < plan.size(); ++i) {
    if (options.progress &&
        !options.progress(static_cast<int>(i), static_cast<int>(plan.size()), plan[i].what)) {
      break;
    }
    plan[i].run();
  }
  return study;
}

}  // namespace quire
