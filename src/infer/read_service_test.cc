#include "infer/read_service.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <optional>
#include <thread>

#include "format/test_support.h"
#include "infer/ask.h"
#include "infer/tiny_model.h"

namespace quire {
namespace {

Image picture(int width, int height, std::uint32_t seed = 1) {
  Image image(width, height);
  for (std::size_t i = 0; i < image.rgb.size(); ++i)
    image.rgb[i] = static_cast<std::uint8_t>((i + seed) * 2654435761u >> 13);
  return image;
}

ReadRequest request(std::size_t max_tokens) {
  ReadRequest asked;
  asked.prompt = "<image>\nFree OCR.";
  asked.mode = *find_mode("tiny");
  asked.guard = *find_ngram_preset("off");
  asked.retries = 0;
  asked.max_tokens = max_tokens;
  return asked;
}

class ReadServiceTest : public testing::Test {
 protected:
  void SetUp() override { QUIRE_NEEDS_GOLDEN("tiny-model"); }
};

TEST_F(ReadServiceTest, ManyAtOnceReadWhatEachReadsAlone) {
  constexpr std::uint32_t kPages = 12;
  ReadService service(tiny_model());
  std::vector<ReadTicket> tickets;
  std::vector<std::string> streamed(kPages);
  std::atomic<int> told = 0;
  for (std::uint32_t i = 0; i < kPages; ++i) {
    ReadRequest asked = request(10 + 5 * i);
    asked.temperature = i % 3 == 0 ? 0.7f : 0.0f;
    asked.seed = i;
    asked.on_text = [&, i](std::string_view piece) {
      streamed[i] += piece;
      return true;
    };
    auto ticket =
        service.read({.client = std::to_string(i % 3)}, {picture(60, 40, i)}, asked,
                     [&](const Result<PictureReading>& reading) { told += reading.ok(); });
    ASSERT_TRUE(ticket) << ticket.status().message();
    tickets.push_back(*std::move(ticket));
  }
  for (std::uint32_t i = 0; i < kPages; ++i) {
    const auto reading = tickets[i].wait();
    ASSERT_TRUE(reading) << reading.status().message();
    ReadRequest asked = request(10 + 5 * i);
    asked.temperature = i % 3 == 0 ? 0.7f : 0.0f;
    asked.seed = i;
    const Image image = picture(60, 40, i);
    const auto alone = read_pictures(tiny_model(), {&image, 1}, asked);
    ASSERT_TRUE(alone);
    EXPECT_EQ(reading->answer.ids, alone->answer.ids) << i;
    EXPECT_EQ(reading->answer.probability, alone->answer.probability) << i;
    EXPECT_EQ(streamed[i], alone->answer.text) << i;
    EXPECT_TRUE(tickets[i].done());
  }
  EXPECT_EQ(told, static_cast<int>(kPages));
  EXPECT_EQ(service.load().waiting + service.load().under_way, 0u);
}

TEST_F(ReadServiceTest, AFullQueueSaysSo) {
  std::latch begun(1), go(1);
  ReadService service(tiny_model(), {.workers = 1, .capacity = 2});
  const auto slow = service.submit({}, [&](const Reader&, const Cancel&) {
    begun.count_down();
    go.wait();
  });
  ASSERT_TRUE(slow);
  begun.wait();
  const auto quick = [](const Reader&, const Cancel&) {};
  const auto one = service.submit({}, quick), two = service.submit({}, quick);
  EXPECT_TRUE(one && two);
  const auto three = service.submit({}, quick);
  ASSERT_FALSE(three);
  EXPECT_EQ(three.status().code(), Code::kLimit);
  EXPECT_EQ(service.load().waiting, 2u);
  EXPECT_EQ(service.load().under_way, 1u);
  go.count_down();
  two->wait();
  EXPECT_TRUE(slow->done() && one->done());
}

TEST_F(ReadServiceTest, WhoGivesUpIsAnsweredThoughAllWorkersAreBusy) {
  std::latch begun(1), go(1);
  ReadService service(tiny_model(), {.workers = 1});
  const auto slow = service.submit({}, [&](const Reader&, const Cancel&) {
    begun.count_down();
    go.wait();
  });
  begun.wait();
  auto cancelled = service.read({}, {picture(8, 8)}, request(5));
  auto late = service.read({.seconds = 1e-3}, {picture(8, 8)}, request(5));
  auto patient = service.read({.seconds = 1e6}, {picture(8, 8)}, request(5));
  ASSERT_TRUE(cancelled && late && patient);
  cancelled->cancel();
  EXPECT_EQ(cancelled->wait().status().code(), Code::kCancelled);
  EXPECT_EQ(late->wait().status().code(), Code::kTimeout);
  EXPECT_FALSE(patient->done() || slow->done());
  go.count_down();
  EXPECT_TRUE(patient->wait());
}

TEST_F(ReadServiceTest, CancellingStopsADecodingAlready) {
  ReadService service(tiny_model());
  std::latch ready(1);
  std::optional<ReadTicket> ticket;
  std::size_t tokens = 0;
  ReadRequest asked = request(1 << 20);
  asked.on_progress = [&](const ReadProgress& now) {
    tokens = now.tokens;
    if (tokens != 3) return;
    ready.wait();
    ticket->cancel();
  };
  ticket = *service.read({}, {picture(8, 8)}, asked);
  ready.count_down();
  EXPECT_EQ(ticket->wait().status().code(), Code::kCancelled);
  EXPECT_EQ(tokens, 3u);
}

TEST_F(ReadServiceTest, ShuttingDownFinishesOrReturnsWhatIsLeft) {
  std::atomic<int> cancelled = 0, finished = 0;
  const auto count = [&](const Reader&, const Cancel& cancel) {
    ++(cancel.asked() ? cancelled : finished);
  };
  std::optional<JobTicket> ticket;
  {
    ReadService service(tiny_model(), {.workers = 2});
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(service.submit({}, count));
    EXPECT_TRUE(service.drain(1e6));
    EXPECT_EQ(finished, 20);
    const auto late = service.submit({}, count);
    ASSERT_FALSE(late);
    EXPECT_EQ(late.status().code(), Code::kLimit);
  }
  {
    std::latch begun(1);
    ReadService service(tiny_model(), {.workers = 1});
    ASSERT_TRUE(service.submit({}, [&](const Reader&, const Cancel& cancel) {
      begun.count_down();
      while (!cancel.asked()) std::this_thread::yield();
    }));
    begun.wait();
    for (int i = 0; i < 20; ++i) {
      auto submitted = service.submit({}, count);
      ASSERT_TRUE(submitted);
      ticket = *submitted;
    }
    EXPECT_FALSE(service.drain(0));
  }
  EXPECT_EQ(cancelled, 20);
  EXPECT_TRUE(ticket->done()) << "a ticket outlives the service";
  ticket->wait();
  ticket->cancel();
}

// Questions about embeddings go the same way.
TEST_F(ReadServiceTest, AnyWorkWithTheReader) {
  ReadService service(tiny_model());
  Question question;
  question.prompt = "Say something.";
  question.max_tokens = 8;
  std::vector<std::int32_t> ids;
  const auto ticket = service.submit({}, [&](const Reader& reader, const Cancel& cancel) {
    question.cancel = cancel;
    const auto answer = ask(reader, {}, question);
    if (answer) ids = answer->ids;
  });
  ASSERT_TRUE(ticket);
  ticket->wait();
  EXPECT_EQ(ids, ask(tiny_model(), {}, question)->ids);
  EXPECT_EQ(ids.size(), 8u);
}

}  // namespace
}  // namespace quire
