#include "infer/computed.h"

#include <algorithm>
#include <utility>

#include "image/normalise.h"
#include "infer/encode_views.h"
#include "infer/generate.h"
#include "infer/prompt_input.h"

namespace quire {
namespace {

Tensor copy(const Shape& shape, const float* values) {
  Tensor tensor(shape);
  std::copy_n(values, tensor.size(), tensor.data());
  return tensor;
}

Tensor of_ids(std::span<const std::int32_t> ids) {
  Tensor tensor({static_cast<std::int64_t>(ids.size())});
  std::copy(ids.begin(), ids.end(), tensor.values.begin());
  return tensor;
}

// (n) tensors of one shape become one with a leading axis.
Tensor stack(const std::vector<Tensor>& parts) {
  Tensor whole;
  whole.shape = parts.front().shape;
  whole.shape.insert(whole.shape.begin(), static_cast<std::int64_t>(parts.size()));
  for (const Tensor& part : parts)
    whole.values.insert(whole.values.end(), part.values.begin(), part.values.end());
  return whole;
}

class Computation {
 public:
  Computation(const Model& model, const Tokenizer& tokenizer, const CaseInput& input)
      : model_(model), tokenizer_(tokenizer), input_(input) {}

  Result<std::vector<NamedTensor>> run() {
    std::vector<Tensor> pictures;
    if (input_.views) {
      Result<Tensor> picture = encode(*input_.views);
      QUIRE_TRY(picture);
      pictures.push_back(*std::move(picture));
    }
    QUIRE_TRY(answer(pictures));
    return std::move(tensors_);
  }

 private:
  void add(std::string name, Tensor values) {
    tensors_.push_back({std::move(name), std::move(values)});
  }

  // All views to one sequence of embeddings, and what was seen on the way.
  Result<Tensor> encode(const Views& views) {
    std::vector<Tensor> sam, clip, proj;  // of the tiles
    const auto tap = [&](std::size_t view) -> Tap {
      if (view == 0) {
        return [this](std::string_view name, const Shape& shape, const float* values) {
          const bool result = name == "pixels" || name == "sam" || name == "clip" || name == "proj";
          add(result ? std::string(name) + "_global" : "tap." + std::string(name),
              copy(shape, values));
        };
      }
      return [&, view](std::string_view name, const Shape& shape, const float* values) {
        if (name == "pixels") add("pixels_tile_" + std::to_string(view - 1), copy(shape, values));
        if (name == "sam") sam.push_back(copy(shape, values));
        if (name == "clip") clip.push_back(copy(shape, values));
        if (name == "proj") proj.push_back(copy(shape, values));
      };
    };
    Result<Tensor> sequence =
        encode_views(model_, views, [&](const Image& view, std::size_t index) -> Result<Tensor> {
          const Tensor pixels = normalise(view);  // (3, side, side)
          tap(index)("pixels", pixels.shape, pixels.data());
          return model_.encode(pixels, tap(index));
        });
    QUIRE_TRY(sequence);
    if (!proj.empty()) {
      add("sam_tiles", stack(sam));
      add("clip_tiles", stack(clip));
      add("proj_tiles", stack(proj));
    }
    add("vision_embeds", *sequence);
    return sequence;
  }

  // The prompt with the picture in it, and what the decoder makes of it.
  Status answer(std::span<const Tensor> pictures) {
    const Result<PromptInput> input = embed_prompt(model_, tokenizer_, input_.prompt, pictures);
    QUIRE_TRY(input);
    add("input_ids", of_ids(input->prompt.ids));
    add("inputs_embeds", input->embeddings);
    return generate_from(input->embeddings);
  }

  Status generate_from(const Tensor& embeddings) {
    std::vector<Tensor> experts, weights, scores;
    GenerateOptions options;
    options.max_tokens = input_.steps;
    options.tap = [&](std::string_view name, const Shape& shape, const float* values) {
      if (name.starts_with("router_topk_idx")) {
        experts.push_back(copy(shape, values));
      } else if (name.starts_with("router_topk_weight")) {
        weights.push_back(copy(shape, values));
      } else if (name == "hidden_last_normed") {
        add("hidden_last_normed", copy({shape.back()}, values));
      } else {
        add("tap." + std::string(name), copy(shape, values));
      }
    };
    options.constrain = [&](std::size_t, std::span<const std::int32_t>, std::span<float> row) {
      scores.push_back(copy({static_cast<std::int64_t>(row.size())}, row.data()));
    };
    const auto generated = generate(model_, {&embeddings, 1}, options);
    if (!generated) return generated.status();
    if (!experts.empty()) {
      add("router_topk_idx", stack(experts));
      add("router_topk_weight", stack(weights));
    }
    if (!scores.empty()) {
      add("logits_first", scores[0]);
      add("greedy_logits", stack(scores));
    }
    add("greedy_ids", of_ids((*generated)[0].ids));
    return {};
  }

  const Model& model_;
  const Tokenizer& tokenizer_;
  const CaseInput& input_;
  std::vector<NamedTensor> tensors_;
};

}  // namespace

Result<std::vector<NamedTensor>> compute_case(const Model& model, const Tokenizer& tokenizer,
                                              const CaseInput& input) {
  return Computation(model, tokenizer, input).run();
}

}  // namespace quire
