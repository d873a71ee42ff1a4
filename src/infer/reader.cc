#include "infer/reader.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <mutex>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/file.h"
#include "base/thread_pool.h"
#include "format/checksum.h"
#include "format/gguf_pair.h"
#include "image/normalise.h"
#include "infer/encode_views.h"
#include "infer/generate.h"
#include "infer/line_rule.h"
#include "infer/loop_detector.h"
#include "infer/ngram_guard.h"
#include "infer/passes.h"
#include "infer/prompt_input.h"
#include "model/model.h"
#include "text/strip.h"
#include "text/tokenizer.h"

namespace quire {
namespace {

// What a model that does not read in passes is asked.
constexpr const char* kPrompt = "<image>\nFree OCR.";

// Lines of text beside one vision token, at most (render/page.h draws no lower ones). With the
// width of a block it bounds what the block can say.
constexpr std::size_t kLinesPerToken = 12;

// SHA-256 over names and bytes of everything that decides what a model says.
std::string fingerprint_of(const std::string& model) {
  std::vector<std::filesystem::path> paths;
  if (is_gguf_model(model)) {
    const auto pair = find_gguf_pair(model);
    if (!pair) return {};
    paths = {pair->language, pair->vision};
  } else {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(model, error)) {
      const std::string name = entry.path().filename().string();
      if (name == "config.json" || name == "tokenizer.json" || name.ends_with(".safetensors"))
        paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
  }
  Sha256 sum;
  for (const std::filesystem::path& path : paths) {
    const Result<MappedFile> file = MappedFile::open(path.string());
    if (!file) return {};
    const std::string header =
        path.filename().string() + '\0' + std::to_string(file->bytes().size()) + '\0';
    sum.update(as_bytes(header));
    sum.update(file->bytes());
  }
  return sum.hex();
}

}  // namespace

struct Reader::State {
  // Constant after construction.
  std::string path;
  Model model;
  Tokenizer tokenizer;
  LineTokens line_tokens;

  SharedDecoder decoder;
  std::mutex encoding;  // two views at once would take turns anyway, and twice the memory

  // Made when first asked for: it reads every byte of the weights.
  std::once_flag fingerprint_once;
  std::string fingerprint;

  State(std::string p, Model m, Tokenizer t)
      : path(std::move(p)),
        model(std::move(m)),
        tokenizer(std::move(t)),
        line_tokens(tokenizer, model.config().text.eos),
        decoder(model) {}

  // The decoder's input for one block of tokens, (rows * columns, hidden).
  Result<PromptInput> input(const Tensor& tokens, std::size_t columns) const;
};

Reader::Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;
Reader::~Reader() = default;

Result<Reader> Reader::open(const std::string& path, const Arithmetic& arithmetic) {
  Result<Model> model = Model::open(path);
  QUIRE_TRY(model);
  model->use_int8();
  const Status cache = model->use_cache(arithmetic.cache);
  if (!cache) return cache;
  model->use_encoder_products(arithmetic.encoder);
  Result<Tokenizer> tokenizer = Tokenizer::of_model(path);
  QUIRE_TRY(tokenizer);
  const TextConfig& text = model->config().text;
  if (tokenizer->vocab_size() > static_cast<std::int64_t>(text.vocabulary)) {
    return invalid(path + ": the tokenizer has ids up to " +
                   std::to_string(tokenizer->vocab_size() - 1) + ", the model only " +
                   std::to_string(text.vocabulary) + " embeddings; they do not belong together");
  }
  Reader reader;
  reader.state_ = std::make_unique<State>(path, *std::move(model), *std::move(tokenizer));
  return reader;
}

const Model& Reader::model() const { return state_->model; }
const Tokenizer& Reader::tokenizer() const { return state_->tokenizer; }
bool Reader::reads_in_passes() const { return state_->model.config().reads_in_passes; }

const std::string& Reader::fingerprint() const {
  std::call_once(state_->fingerprint_once,
                 [this] { state_->fingerprint = fingerprint_of(state_->path); });
  return state_->fingerprint;
}

Result<Tensor> Reader::encode(const Image& view) const {
  if (view.width != view.height) {
    return invalid("a view must be square; this one is " + std::to_string(view.width) + " x " +
                   std::to_string(view.height) + " pixels");
  }
  QUIRE_TRY(state_->model.check_side(static_cast<std::size_t>(view.width)));
  std::unique_lock turn(state_->encoding, std::defer_lock);
  if (!inside_parallel_for()) turn.lock();
  return state_->model.encode(normalise(view));
}

Result<Tensor> Reader::encode(const Views& views, const std::function<void()>& on_view,
                              const Cancel& cancel) const {
  return encode_views(state_->model, views, [&](const Image& view, std::size_t) -> Result<Tensor> {
    QUIRE_TRY(cancel.status());
    if (on_view) on_view();
    return encode(view);
  });
}

Result<std::vector<Generation>> Reader::generate(std::span<const Tensor> inputs,
                                                 const GenerateOptions& options) const {
  if (inside_parallel_for()) return quire::generate(state_->model, inputs, options);
  return state_->decoder.generate(inputs, options);
}

Result<PromptInput> Reader::State::input(const Tensor& tokens, std::size_t columns) const {
  const Tensor picture = assemble_block(model.weights().bridge, tokens, columns);
  if (!model.config().reads_in_passes) {
    return embed_prompt(model, tokenizer, kPrompt, {&picture, 1});
  }
  const std::size_t count = rows_of(picture).rows;
  Prompt prompt;
  prompt.ids.assign(1 + count, model.config().image_token);
  prompt.ids[0] = model.config().text.bos;
  prompt.images.push_back({1, count});
  Tensor embeddings = embed_ids(model, prompt, {&picture, 1});
  return PromptInput{std::move(prompt), std::move(embeddings)};
}

Result<PageReading> Reader::read(const Tensor& vision_tokens, const ReadOptions& options) const {
  const Config& config = state_->model.config();
  const std::size_t count = vision_tokens.size() / config.text.hidden;
  const auto side = static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(count))));
  if (count == 0 || side * side != count || vision_tokens.size() != count * config.text.hidden) {
    return invalid("a page needs a square number of vision tokens of " +
                   std::to_string(config.text.hidden) + " values each; these are " +
                   to_string(vision_tokens.shape));
  }
  const auto pick = [](int asked, std::size_t own) {
    return asked > 0 ? static_cast<std::size_t>(asked) : own;
  };
  const auto blocks = cut_blocks(side, pick(options.rows_per_pass, config.rows_per_pass),
                                 pick(options.columns_per_pass, config.columns_per_pass),
                                 static_cast<std::size_t>(std::max(0, options.columns)));
  QUIRE_TRY(blocks);

  // One decoder input for each block, and the rules its answer keeps.
  std::vector<Tensor> inputs;
  std::vector<LineRule> lines;
  std::vector<NgramGuard> guards;
  GenerateOptions rules;
  rules.max_tokens = static_cast<std::size_t>(std::max(0, options.max_tokens));
  for (const Block& block : *blocks) {
    Result<PromptInput> input =
        state_->input(take_block(vision_tokens, side, block), block.columns);
    QUIRE_TRY(input);
    if (block.width > 0) lines.emplace_back(state_->line_tokens, block.width);
    // The official code's own guard. A model that reads single characters repeats them by right.
    if (!config.reads_in_passes)
      guards.emplace_back(kDefaultGuard, std::vector<std::int32_t>{}, input->prompt.ids);
    inputs.push_back(std::move(input->embeddings));
  }
  if (!lines.empty()) {
    const Block& largest = blocks->front();
    rules.max_tokens =
        std::min(rules.max_tokens, largest.rows * kLinesPerToken * (largest.width + 1) + 1);
  }
  rules.constrain = [&](std::size_t i, std::span<const std::int32_t> ids, std::span<float> scores) {
    if (!lines.empty()) lines[i].apply(ids, scores);
    if (!guards.empty()) guards[i].apply(ids, scores);
  };
  rules.is_loop = [](std::size_t, std::span<const std::int32_t> ids) {
    return loop_period(ids) != 0;
  };
  rules.on_token = options.on_token;
  rules.cancel = options.cancel;
  const auto generated = generate(inputs, rules);
  QUIRE_TRY(generated);

  PageReading page;
  for (const Generation& pass : *generated) {
    if (pass.stop == Stop::kCancelled) QUIRE_TRY(options.cancel.status());
    const std::string text = state_->tokenizer.decode(pass.ids);
    page.passes.emplace_back(config.reads_in_passes ? std::string_view(text) : strip(text));
    page.confidence.insert(page.confidence.end(), pass.probability.begin(), pass.probability.end());
    page.tokens += pass.ids.size();
    const ReadStatus status = read_status(pass.stop);  // a loop says more than a limit
    if (page.status != ReadStatus::kLoop && status != ReadStatus::kOk) page.status = status;
  }
  page.text = join_blocks(*blocks, page.passes);
  if (page.status == ReadStatus::kOk && strip(page.text).empty()) page.status = ReadStatus::kEmpty;
  return page;
}

}  // namespace quire
