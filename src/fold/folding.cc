#include "fold/folding.h"

#include <utility>

#include "fold/accuracy.h"
#include "fold/known_characters.h"

namespace quire {

Result<Folding> prepare_folding(SourceText text, const FoldRequest& request, const Reader& model,
                                const std::string& model_directory) {
  auto font = Font::open(request.font);
  QUIRE_TRY(font);
  KnownCharacters known(model.tokenizer());
  QUIRE_TRY(find_unknown(text, [&](char32_t c) { return known.has(c) && font->has(c); }));
  auto tokens = count_text_tokens(text.bytes, model_directory, model.tokenizer());
  QUIRE_TRY(tokens);
  const auto table = AccuracyTable::load(model_directory);
  QUIRE_TRY(table);
  const double characters_per_token =
      static_cast<double>(text.chars) / static_cast<double>(tokens->count);
  auto plan = plan_pages({request.mode, request.ratio, characters_per_token}, *table);
  QUIRE_TRY(plan);
  return Folding{std::move(text), *std::move(tokens), *std::move(plan), *std::move(font)};
}

Result<FoldBill> fold(Folding& folding, const PageReader& reader, const FoldOptions& options,
                      const FoldSink& sink) {
  return fold(folding.text, folding.tokens.count, folding.tokens.tokenizer, folding.plan,
              folding.font, reader, options, sink);
}

}  // namespace quire
