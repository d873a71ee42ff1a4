#include "eval/memory_life.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <random>

#include "text/utf8.h"

namespace quire {
namespace {

constexpr double kYear = 365 * 86400.0, kWeek = 7 * 86400.0, kYoungest = 60;
constexpr std::size_t kFewestLetters = 80, kMostLetters = 240;  // of the prose of an entry

constexpr const char* kKinds[] = {"copper",  "wooden",  "northern", "narrow", "broken",  "silent",
                                  "painted", "western", "hollow",   "marble", "crooked", "little",
                                  "ancient", "yellow",  "frozen",   "hidden", "leaning", "double",
                                  "winding", "stone",   "eastern",  "iron",   "quiet",   "upper",
                                  "lower",   "round",   "empty",    "bright", "rusty",   "velvet"};
constexpr const char* kThings[] = {
    "gate",  "bridge",  "cellar",  "harbour",  "chapel",  "orchard", "workshop",   "stable",
    "tower", "library", "kitchen", "garden",   "station", "mill",    "lighthouse", "bakery",
    "cabin", "well",    "attic",   "pavilion", "market",  "quarry",  "boathouse",  "archive"};
constexpr const char* kPlaces[] = {"behind the", "under the", "inside the", "beside the",
                                   "on top of the"};
constexpr const char* kColours[] = {"green",  "white", "purple", "orange",
                                    "silver", "brown", "black",  "scarlet"};
constexpr const char* kObjects[] = {"lantern", "barrel", "cupboard", "mirror",
                                    "curtain", "basket", "statue",   "blanket",
                                    "ladder",  "teapot", "candle",   "bucket"};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed * 0x9E3779B97F4A7C15ull + 1) {}
  std::size_t below(std::size_t n) { return static_cast<std::size_t>(engine_() % n); }
  double share() { return static_cast<double>(engine_() >> 11) / 9007199254740992.0; }
  template <std::size_t N>
  std::string of(const char* const (&words)[N]) {
    return words[below(N)];
  }

 private:
  std::mt19937_64 engine_;
};

// A subject that no other entry of the life has: all pairs of a kind and a thing, then with
// numbers.
std::string subject(std::size_t number) {
  constexpr std::size_t kPairs = std::size(kKinds) * std::size(kThings);
  const std::size_t mixed = number * 7 % kPairs;  // 7 has no factor in common with 720
  std::string name =
      std::string(kKinds[mixed % std::size(kKinds)]) + " " + kThings[mixed / std::size(kKinds)];
  if (number >= kPairs) name += " of house " + std::to_string(number / kPairs + 1);
  return name;
}

void plant(LifeEntry& entry, std::size_t number, Random& random) {
  const std::string name = subject(number);
  if (entry.kind == FactKind::kExact) {
    for (int i = 0; i < 2; ++i) entry.answer += static_cast<char>('A' + random.below(26));
    entry.answer += "-" + std::to_string(1000 + random.below(9000));
    entry.question = "number of the " + name;
    entry.text += " The number of the " + name + " is " + entry.answer + ".";
  } else {
    entry.answer = random.of(kColours) + " " + random.of(kObjects);
    entry.question = "key of the " + name;
    entry.text +=
        " The key of the " + name + " hangs " + random.of(kPlaces) + " " + entry.answer + ".";
  }
}

// The passage up to the last sentence end or space, on one line.
std::string prose_of(std::u32string passage) {
  std::replace(passage.begin(), passage.end(), U'\n', U' ');
  std::size_t end = passage.rfind(U". ");
  end = end == passage.npos || end < passage.size() / 2 ? passage.rfind(U' ') : end + 1;
  if (end != passage.npos && end > 0) passage.resize(end);
  return encode_utf8(passage);
}

}  // namespace

Result<std::vector<LifeEntry>> make_life(const TextFolder& texts, std::size_t entries, Ages ages,
                                         std::uint64_t seed) {
  Random random(seed);
  std::vector<double> moments;
  for (std::size_t i = 0; i < entries; ++i) {
    const double share = random.share();
    const bool lately = ages == Ages::kLately && i % 5 == 0;
    moments.push_back(lately ? kYoungest * std::pow(kWeek / kYoungest, share)
                             : kYoungest + share * (kYear - 2 * kYoungest));
  }
  std::sort(moments.begin(), moments.end(), std::greater<>());
  std::vector<LifeEntry> life;
  std::size_t facts = 0;
  for (std::size_t i = 0; i < entries; ++i) {
    LifeEntry entry;
    entry.age = static_cast<Seconds>(moments[i]);
    entry.role = i % 2 == 0 ? "user" : "assistant";
    const std::size_t length = kFewestLetters + random.below(kMostLetters - kFewestLetters);
    const auto passage = texts.passage(TextKind::kProse, length, seed, i);
    QUIRE_TRY(passage);
    entry.text = prose_of(*passage);
    const std::size_t kind = random.below(4);
    if (kind < 2) {
      entry.kind = kind == 0 ? FactKind::kExact : FactKind::kPhrase;
      plant(entry, facts++, random);
    }
    life.push_back(std::move(entry));
  }
  return life;
}

}  // namespace quire
