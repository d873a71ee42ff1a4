// The trainer's own arithmetic, on sizes that take seconds: losses against finite differences,
// ground truth against the pictures it belongs to, a killed run against one that was not.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>

#include "base/file.h"
#include "train/heads.h"
#include "train/optimizer.h"
#include "train/trainer.h"

namespace quire::train {
namespace {

namespace fs = std::filesystem;

TwinConfig small_model() {
  TwinConfig config;
  config.sam_width = 32;
  config.sam_layers = 1;
  config.sam_heads = 2;
  config.neck = 16;
  config.compress1 = 24;
  config.image_size = 128;
  config.clip_width = 32;
  config.clip_heads = 2;
  config.hidden = 32;
  config.layers = 1;
  config.heads = 2;
  config.intermediate = 48;
  return config;
}

// A folder of texts and a recipe over it, removed at the end.
class TrainTest : public ::testing::Test {
 protected:
  TrainTest()
      : folder_(fs::path(::testing::TempDir()) / ("quire_train_" + std::to_string(::getpid()))) {
    fs::create_directories(folder_ / "texts");
    std::ofstream words(folder_ / "texts/words.txt"), prose(folder_ / "texts/prose_a.txt");
    words << "leaf\nfold\nquire\nsheet\npage\n";
    for (int i = 0; i < 200; ++i)
      prose << "A quire is a gathering of folded sheets, number " << i << ".\n";
  }
  ~TrainTest() override { fs::remove_all(folder_); }

  Recipe recipe(const char* out, long steps) const {
    Recipe r;
    r.out = (folder_ / out).string();
    r.data.texts = (folder_ / "texts").string();
    r.data.fonts = {"DejaVuSansMono"};
    r.model = small_model();
    r.bf16 = false;
    r.threads = 1;
    Stage stage;
    stage.side = 128;
    stage.pages = 2;
    stage.steps = steps;
    stage.warmup = 2;
    stage.densities = {{5, 2}, {6, 3}};
    r.stages = {stage};
    return r;
  }
  fs::path folder_;
};

// d loss / d weight at a few places against (loss(w + h) - loss(w - h)) / 2h, in double precision.
void expect_gradients(torch::Tensor weight, const std::function<torch::Tensor()>& loss) {
  weight.mutable_grad() = torch::Tensor();
  loss().backward();
  const torch::Tensor gradient = weight.grad().reshape(-1).clone();
  torch::NoGradGuard no_grad;
  torch::Tensor flat = weight.view(-1);
  for (int64_t i = 0; i < flat.size(0); i += flat.size(0) / 7 + 1) {
    const double h = 1e-5, old = flat[i].item<double>();
    flat[i] = old + h;
    const double up = loss().item<double>();
    flat[i] = old - h;
    const double down = loss().item<double>();
    flat[i] = old;
    EXPECT_NEAR(gradient[i].item<double>(), (up - down) / (2 * h), 1e-6) << "element " << i;
  }
}

TEST(Losses, GradientsAgreeWithFiniteDifferences) {
  torch::manual_seed(3);
  const torch::Tensor target = torch::tensor({0, 4, -100, 2, 1, -100}, torch::kLong);
  torch::Tensor logits = torch::randn({6, 5}, torch::kFloat64).set_requires_grad(true);
  expect_gradients(logits, [&] { return classify(logits, target, false).loss; });
}

TEST(Losses, IgnoredPlacesCountForNothing) {
  const torch::Tensor target = torch::tensor({-100, 1}, torch::kLong);
  torch::Tensor logits = torch::tensor({{9.0, 0.0, 0.0}, {0.0, 9.0, 0.0}});
  const GlyphHeads::Score score = classify(logits, target, false);
  EXPECT_NEAR(score.loss.item<double>(), -std::log(std::exp(9.0) / (std::exp(9.0) + 2)), 1e-6);
  EXPECT_EQ(score.accuracy.item<double>(), 1.0);
}

TEST(Muon, OrthogonalizeBringsSingularValuesTogether) {
  torch::manual_seed(1);
  for (const auto& [rows, columns] : {std::pair{24, 24}, {40, 16}, {16, 40}}) {
    const torch::Tensor matrix = torch::randn({rows, columns});
    const torch::Tensor values = torch::linalg_svdvals(orthogonalize(matrix));
    EXPECT_GT(values.min().item<double>(), 0.3);
    EXPECT_LT(values.max().item<double>(), 1.4);
  }
}

TEST_F(TrainTest, GroundTruthIsWhatTheTranscriptSays) {
  const Alphabet alphabet;
  auto data = DataEngine::open(recipe("a", 1).data, alphabet);
  ASSERT_TRUE(data.ok()) << data.status().message();
  BatchRequest request;
  request.side = 256;
  request.pages = 3;
  request.density = {6, 3};
  for (const int columns : {1, 2, 4}) {
    request.columns_per_pass = columns;
    const Batch batch = (*data)->make(request, 5);
    EXPECT_EQ(batch.input.size(0), 3 * 4 * (4 / columns));
    EXPECT_TRUE(torch::equal(batch.pixels, (*data)->make(request, 5).pixels));
    // Follow each transcript over its block; every character must be the slot's.
    const auto slots = batch.slots.accessor<int64_t, 4>();
    const auto target = batch.target.accessor<int64_t, 2>();
    const auto places = batch.places.accessor<int64_t, 2>();
    std::map<int, int> class_of_token;
    for (const char32_t c : alphabet.characters())
      class_of_token[alphabet.token(c)] = alphabet.char_class(c);
    for (int64_t pass = 0; pass < batch.target.size(0); ++pass) {
      const int64_t across = 4 / columns, page = pass / (4 * across), down = pass / across % 4;
      int64_t row = 0, column = 0, n = 0;
      for (; target[pass][n] != Alphabet::kEos; ++n) {
        const bool named = column < kPlaceColumns;
        EXPECT_EQ(places[pass][n], named ? row * kPlaceColumns + column : -100);
        if (target[pass][n] == alphabet.token(U'\n')) {
          EXPECT_EQ(column, 6 * columns);
          ++row;
          column = 0;
          continue;
        }
        const int64_t token = pass % across * columns + column / 6;
        EXPECT_EQ(slots[page][down][token][row * 6 + column % 6],
                  class_of_token[static_cast<int>(target[pass][n])]);
        ++column;
      }
      if (n + 1 < batch.target.size(1)) {
        EXPECT_EQ(target[pass][n + 1], -100);
        EXPECT_EQ(places[pass][n + 1], -100);
      }
    }
  }
}

TEST_F(TrainTest, AKilledRunGoesOnAsIfNothingHadHappened) {
  const auto train = [&](const char* out, long stop_after) {
    auto trainer = Trainer::open(recipe(out, 6));
    EXPECT_TRUE(trainer.ok()) << trainer.status().message();
    if (stop_after > 0) (*trainer)->stop_after(stop_after);
    EXPECT_TRUE((*trainer)->run([](const Progress&) { return true; }).ok());
    const std::string model = (folder_ / out / "model").string();
    EXPECT_TRUE((*trainer)->export_model(model).ok());
    return *read_file(model + "/model.safetensors");
  };
  const std::string whole = train("whole", 0);
  const std::string half = train("parts", 3);
  EXPECT_NE(half, whole);
  EXPECT_EQ(train("parts", 0), whole);
}

TEST_F(TrainTest, StartsFromAnExportedModel) {
  auto first = Trainer::open(recipe("first", 2));
  ASSERT_TRUE(first.ok()) << first.status().message();
  const std::string model = (folder_ / "model").string();
  ASSERT_TRUE((*first)->export_model(model).ok());
  Recipe r = recipe("second", 2);
  r.start_from = model;
  r.seed = 99;  // other weights, had they been drawn
  const auto second = Trainer::open(r);
  ASSERT_TRUE(second.ok()) << second.status().message();
  const std::string again = (folder_ / "again").string();
  ASSERT_TRUE((*second)->export_model(again).ok());
  EXPECT_EQ(*read_file(again + "/model.safetensors"), *read_file(model + "/model.safetensors"));

  r.out += "-wider";
  r.model.hidden = 64;
  const auto wider = Trainer::open(r);
  ASSERT_FALSE(wider.ok());
  EXPECT_NE(wider.status().message().find("shape"), std::string::npos);
}

TEST_F(TrainTest, ATrainingStateOfAnotherKindIsRefused) {
  Recipe r = recipe("broken", 2);
  fs::create_directories(r.out);
  std::ofstream(fs::path(r.out) / "state.pt") << "not a state";
  const auto trainer = Trainer::open(r);
  ASSERT_FALSE(trainer.ok());
  EXPECT_NE(trainer.status().message().find("state.pt"), std::string::npos);
  r = recipe("none", 2);
  r.data.texts = (folder_ / "nowhere").string();
  EXPECT_EQ(Trainer::open(r).status().code(), Code::kNotFound);
}

TEST(RecipeTest, SaysWhatIsWrong) {
  const auto message = [](const std::string& bytes) {
    const Result<Recipe> recipe = Recipe::parse(bytes);
    return recipe.ok() ? std::string("fine") : recipe.status().message();
  };
  const std::string stage = R"({"densities": [[7, 3]]})";
  EXPECT_EQ(message(R"({"stages": [)" + stage + "]}"), "fine");
  EXPECT_NE(message("{").find("JSON"), std::string::npos);
  EXPECT_NE(message("[]").find("object"), std::string::npos);
  EXPECT_NE(message("{}").find("stages"), std::string::npos);
  EXPECT_NE(message(R"({"stagse": []})").find("stage"), std::string::npos);
  EXPECT_NE(message(R"({"stages": [)" + stage + R"(], "lrr": 1})").find("'lrr'"),
            std::string::npos);
  EXPECT_NE(message(R"({"stages": [{"densities": [[99, 3]]}]})").find("density"),
            std::string::npos);
  EXPECT_NE(message(R"({"stages": [{"densities": [[7, 3]], "side": 100}]})").find("side"),
            std::string::npos);
  EXPECT_NE(message(R"({"stages": [{"densities": "x"}]})").find("wrong type"), std::string::npos);
}

}  // namespace
}  // namespace quire::train
