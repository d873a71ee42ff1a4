#include "eval/speed.h"

#include <algorithm>
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

constexpr int kStepsTimed = 8;  // decoding steps in one measurement

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
double median_seconds(int repeats, std::span<Limit> limits, const Work& work) {
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) {
    seconds.push_back(seconds_of(work));
    for (Limit& limit : limits) limit.measure();
  }
  return median(std::move(seconds));
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
  speed.seconds = median_seconds(repeats, limits, [&] { model.encode(pixels); });
  speed.share = limits[0].share(speed.gflop, speed.seconds);
  speed.float32_share = limits[1].share(speed.gflop, speed.seconds);
  return speed;
}

// A cache that holds `context` positions, of nothing in particular.
KvCache filled_cache(const TextConfig& config, std::size_t context) {
  KvCache cache(config);
  cache.reserve(context + kStepsTimed);
  const auto width = static_cast<std::int64_t>(config.kv_heads * config.head_size());
  const Tensor rows = noise({static_cast<std::int64_t>(context), width});
  for (std::size_t layer = 0; layer < config.layers; ++layer)
    cache.store(layer, rows_of(rows), rows_of(rows));
  cache.advance(context);
  return cache;
}

double prefill_seconds(const Model& model, std::size_t tokens, int repeats) {
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
  return median_seconds(repeats, {}, read);
}

DecodeSpeed decode_speed(const Model& model, const std::string& type, std::size_t context,
                         std::size_t batch, int repeats) {
  const TextConfig& config = model.config().text;
  std::vector<KvCache> caches(batch, filled_cache(config, context));
  DecoderState state(config);
  const auto rows = static_cast<std::int64_t>(batch);
  const Tensor embeddings = noise({rows, static_cast<std::int64_t>(config.hidden)});
  Tensor scores({rows, static_cast<std::int64_t>(config.vocabulary)});
  const auto step = [&] {
    std::vector<Segment> segments;
    for (KvCache& cache : caches) segments.push_back({&cache, 1});
    Tensor x = embeddings;
    model.decode(segments, state, rows_of(x));
    model.logits(rows_of(std::as_const(x)), state, rows_of(scores));
  };
  step();
  const MemoryNow memory;
  const auto sequences = static_cast<double>(batch);
  const double bytes = decode_weight_bytes(model.config(), model.weights().text, batch) +
                       sequences * cache_bytes(config, context);
  Limit limits[] = {Limit([&] { return memory.gb_s(); })};
  const double seconds = median_seconds(std::max(repeats, kStepsTimed - 1), limits, step);
  return {type,
          std::string(dtype_info(config.cache).name),
          context,
          batch,
          sequences / seconds,
          limits[0].share(bytes / 1e9, seconds)};
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
    plan.push_back(
        {"prefill, " + std::to_string(tokens) + " tokens", [&, tokens] {
           const double seconds = prefill_seconds(model, tokens, options.repeats);
           study.prefill.push_back({type, tokens, static_cast<double>(tokens) / seconds});
         }});
  }
  const auto plan_decode = [&](std::size_t context, std::size_t batch) {
    if (context + kStepsTimed + 1 > config.text.max_positions) return;
    plan.push_back(
        {"decode, context " + std::to_string(context) + ", batch " + std::to_string(batch),
         [&, context, batch] {
           study.decode.push_back(decode_speed(model, type, context, batch, options.repeats));
         }});
  };
  for (const std::size_t context : options.contexts) plan_decode(context, 1);
  for (const std::size_t batch : options.batches) {
    if (batch > 1 && !options.contexts.empty()) plan_decode(options.contexts.front(), batch);
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
