// Questions with guesses ahead and without: the same answers, with every guard on.
#include "infer/ask.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stop_token>

#include "format/test_support.h"
#include "infer/generate.h"
#include "infer/line_rule.h"
#include "infer/loop_detector.h"
#include "infer/looping_model.h"
#include "infer/prompt_input.h"
#include "infer/prompt_lookup.h"
#include "infer/tiny_model.h"
#include "model/model.h"
#include "text/tokenizer.h"

namespace quire {
namespace {

class AskTest : public FolderTest {
 protected:
  void SetUp() override { QUIRE_NEEDS_GOLDEN("tiny-model"); }
};

// The answer, after the same without guesses was found to be the same.
Answer ask_both(const Reader& reader, Question question) {
  const auto ask_one = [&](bool lookup) {
    question.lookup = lookup;
    const Result<Answer> answer = ask(reader, {}, question);
    EXPECT_TRUE(answer) << answer.status().message();
    return answer ? *answer : Answer();
  };
  const Answer without = ask_one(false), with = ask_one(true);
  EXPECT_EQ(with.ids, without.ids);
  EXPECT_EQ(with.probability, without.probability);
  EXPECT_EQ(with.text, without.text);
  EXPECT_EQ(with.status, without.status);
  EXPECT_EQ(with.tokens, without.tokens);
  EXPECT_EQ(without.guessed, 0u);
  return with;
}

TEST_F(AskTest, GuessesNeverShowInTheAnswer) {
  std::size_t right = 0, wrong = 0;
  for (const char* prompt : {"Say it again.", "ababababab", "Well, well, well, well", ""}) {
    for (const NgramPreset& guard :
         {*find_ngram_preset("off"), *find_ngram_preset("20-whole"), *find_ngram_preset("30/90"),
          NgramPreset{"test", "this test", 4, 0}}) {
      for (const float temperature : {0.0f, 0.3f}) {
        Question question;
        question.prompt = prompt;
        question.guard = guard;
        question.temperature = temperature;
        question.seed = 3;
        question.max_tokens = 400;
        const Answer answer = ask_both(tiny_model(), question);
        right += answer.guessed_right;
        wrong += answer.guessed - answer.guessed_right;
      }
    }
  }
  EXPECT_GT(right, 100u) << "else this tests nothing";
  EXPECT_GT(wrong, 100u);
}

TEST_F(AskTest, ALoopIsFoundAtTheSameIdWithFewerSteps) {
  write_looping_model(folder_);
  const Result<Reader> reader = Reader::open(folder_.string());
  ASSERT_TRUE(reader) << reader.status().message();
  Question question;
  question.prompt = "Anything.";
  question.guard = *find_ngram_preset("off");
  const Answer answer = ask_both(*reader, question);
  EXPECT_EQ(answer.status, ReadStatus::kLoop);
  EXPECT_EQ(answer.tokens, LoopRule().min_tokens);
  EXPECT_GT(answer.guessed_right, answer.tokens * 9 / 10);
}

TEST_F(AskTest, GuessesKeepTheShapeOfAPage) {
  const Reader& reader = tiny_model();
  const LineTokens lines(reader.tokenizer(), reader.model().config().text.eos);
  const auto input = embed_prompt(reader.model(), reader.tokenizer(), "Say it again.", {});
  ASSERT_TRUE(input);
  const auto run = [&](bool guess) {
    LineRule rule(lines, 7);
    PromptLookup lookup(input->prompt.ids);
    GenerateOptions options{.max_tokens = 300, .temperature = 0.2f};
    options.constrain = [&](std::size_t, std::span<const std::int32_t> ids,
                            std::span<float> scores) {
      rule.apply(ids, scores);
      // Of few letters, so that the same ones come again.
      for (std::size_t id = 0; id < scores.size(); ++id) {
        const bool letter = id >= 3 + 'a' && id <= 3 + 'd';
        if (!letter && id != 3 + '\n') scores[id] = -INFINITY;
      }
    };
    if (guess) {
      options.guess = [&](std::size_t, std::span<const std::int32_t> ids, std::size_t most) {
        return lookup.guess(ids, most);
      };
    }
    auto generated = reader.generate({&input->embeddings, 1}, options);
    EXPECT_TRUE(generated) << generated.status().message();
    return generated->front();
  };
  const Generation with = run(true), without = run(false);
  EXPECT_EQ(with.ids, without.ids);
  EXPECT_EQ(with.probability, without.probability);
  EXPECT_EQ(with.ids.size(), 300u);
  EXPECT_GT(with.guessed_right, 10u);
  EXPECT_GT(with.guessed - with.guessed_right, 10u);
}

TEST_F(AskTest, TheTextComesInPiecesThatAreTheAnswer) {
  Question question;
  question.prompt = "Say it again.";
  question.guard = *find_ngram_preset("off");
  question.max_tokens = 200;
  std::string streamed;
  std::size_t pieces = 0;
  question.on_text = [&](std::string_view piece) {
    streamed += piece;
    ++pieces;
    EXPECT_FALSE(piece.empty());
    return true;
  };
  const Result<Answer> answer = ask(tiny_model(), {}, question);
  ASSERT_TRUE(answer);
  EXPECT_EQ(streamed, answer->text);
  EXPECT_GT(pieces, 10u);

  question.on_text = [&, left = 3](std::string_view) mutable { return --left > 0; };
  const Result<Answer> enough = ask(tiny_model(), {}, question);
  ASSERT_TRUE(enough);
  EXPECT_EQ(enough->status, ReadStatus::kLimit);
  EXPECT_LT(enough->tokens, 30u);
  EXPECT_TRUE(answer->text.starts_with(enough->text));
}

TEST_F(AskTest, WhoLeavesAndWhoIsLate) {
  std::stop_source left;
  Question question;
  question.prompt = "Say it again.";
  std::size_t told = 0;
  question.on_token = [&](std::size_t tokens) {
    told = tokens;
    if (tokens == 5) left.request_stop();
    return true;
  };
  question.cancel = Cancel(left.get_token());
  EXPECT_EQ(ask(tiny_model(), {}, question).status().code(), Code::kCancelled);
  EXPECT_EQ(told, 5u);
  question.cancel = Cancel({}, steady_seconds() - 1);
  EXPECT_EQ(ask(tiny_model(), {}, question).status().code(), Code::kTimeout);
  EXPECT_EQ(told, 5u);
}

}  // namespace
}  // namespace quire
