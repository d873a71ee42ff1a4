#include "infer/computed.h"

#include <algorithm>
#include <utility>

#include "image/normalise.h"
#include "infer/generate.h"
#include "text/prompt.h"

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
    for (const Image& view : input_.views) {
      if (view.width != view.height) return invalid("a view is not square");
      QUIRE_TRY(model_.check_side(static_cast<std::size_t>(view.width)));
    }
    Tensor pictures;
    if (!input_.views.empty()) pictures = encode();
    QUIRE_TRY(answer(pictures));
    return std::move(tensors_);
  }

 private:
  void add(std::string name, Tensor values) {
    tensors_.push_back({std::move(name), std::move(values)});
  }

  // All views to one sequence of embeddings.
  Tensor encode() {
    const Tensor pixels = normalise(input_.views[0]);
    add("pixels_global", pixels);
    const Tensor global = model_.encode(pixels, [&](std::string_view name, const Shape& shape,
                                                    const float* values) {
      const bool result = name == "sam" || name == "clip" || name == "proj";
      add(result ? std::string(name) + "_global" : "tap." + std::string(name), copy(shape, values));
    });

    std::vector<Tensor> tokens;
    std::vector<Tensor> sam, clip;
    for (std::size_t i = 1; i < input_.views.size(); ++i) {
      const Tensor tile = normalise(input_.views[i]);
      add("pixels_tile_" + std::to_string(i - 1), tile);
      tokens.push_back(
          model_.encode(tile, [&](std::string_view name, const Shape& shape, const float* values) {
            if (name == "sam") sam.push_back(copy(shape, values));
            if (name == "clip") clip.push_back(copy(shape, values));
          }));
    }
    if (!tokens.empty()) {
      add("sam_tiles", stack(sam));
      add("clip_tiles", stack(clip));
      add("proj_tiles", stack(tokens));
    }
    Tensor sequence = model_.assemble(global, {tokens, input_.columns, input_.rows});
    add("vision_embeds", sequence);
    return sequence;
  }

  // The prompt with the pictures in it, and what the decoder makes of it.
  Status answer(const Tensor& pictures) {
    std::vector<std::size_t> counts;
    if (!input_.views.empty()) counts.push_back(rows_of(pictures).rows);
    const Result<Prompt> prompt = build_prompt(tokenizer_, input_.prompt, counts);
    if (!prompt) return prompt.status();
    add("input_ids", of_ids(prompt->ids));
    for (std::int32_t id : prompt->ids) {
      if (static_cast<std::size_t>(id) >= model_.config().text.vocabulary) {
        return invalid("the tokenizer's id " + std::to_string(id) +
                       " is outside the model's vocabulary");
      }
    }

    Tensor embeddings;
    const Rows rows = resize(embeddings, prompt->ids.size(), model_.config().text.hidden);
    model_.embed(prompt->ids, rows);
    for (const Prompt::ImageSpan& span : prompt->images) {
      std::copy(pictures.values.begin(), pictures.values.end(), rows.row(span.begin));
    }
    add("inputs_embeds", embeddings);
    return generate_from(embeddings);
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
