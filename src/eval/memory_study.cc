#include "eval/memory_study.h"

#include <algorithm>
#include <map>

#include "eval/summary.h"
#include "memory/leaf.h"
#include "text/edit_distance.h"
#include "text/utf8.h"

namespace quire {
namespace {

constexpr Seconds kNever = Seconds{1} << 60;

// Each leaf picture is read once, whoever asks.
class LeafReader {
 public:
  explicit LeafReader(const PageReader& reader) : reader_(reader) {}

  Result<const LeafReading*> read(const Leaf& leaf) {
    std::string key;
    for (const LeafPage& page : leaf.pages) key += page.picture;
    const auto known = readings_.find(key);
    if (known != readings_.end()) return &known->second;
    auto reading = read_leaf(leaf, reader_);
    QUIRE_TRY(reading);
    return &readings_.emplace(std::move(key), *std::move(reading)).first->second;
  }

 private:
  const PageReader& reader_;
  std::map<std::string, LeafReading> readings_;
};

Policy fading(const char* name, Seconds large, Seconds base, Seconds small, Seconds tiny) {
  Policy policy;
  policy.name = name;
  policy.ends = {3600, large, base, small, tiny};
  return policy;
}

class Study {
 public:
  Study(const MemoryStudyOptions& options, const MemoryStudyTools& tools)
      : options_(options), tools_(tools), reader_(tools.reader) {}

  Result<MemoryStudy> run(const TextFolder& texts) {
    auto life = make_life(texts, options_.entries, Ages::kLately, options_.seed);
    QUIRE_TRY(life);
    life_ = *std::move(life);
    auto memory = live("memory", *find_policy("ladder"));
    QUIRE_TRY(memory);
    auto low = live("low", fading("low", 3600, 3600, 3600, kNever));
    QUIRE_TRY(low);
    auto high = live("high", fading("high", kNever, kNever, kNever, kNever));
    QUIRE_TRY(high);
    Policy text = fading("text", kNever, kNever, kNever, kNever);
    text.ends[kTextTier] = kNever;
    auto all_text = live("text", text);
    QUIRE_TRY(all_text);

    QUIRE_TRY(measure_retention(*high));
    QUIRE_TRY(fill_readings(*memory));
    QUIRE_TRY(measure_budgets(*memory, *low, *high, *all_text));
    QUIRE_TRY(measure_ages(*memory));
    study_.entries = life_.size();
    study_.tokenizer = tools_.tokenizer;
    study_.seed = options_.seed;
    for (const LifeEntry& entry : life_) {
      study_.facts += entry.kind != FactKind::kNone;
      study_.text_tokens += static_cast<double>(tools_.count(entry.text));
    }
    return std::move(study_);
  }

 private:
  // The whole life in a store, aged to its end. Entry ids are places in the life, from 1.
  Result<Memory> live(const std::string& name, const Policy& policy) {
    MemoryTools tools;
    tools.font = tools_.font;
    tools.reader = tools_.reader;
    tools.policy = policy;
    auto memory =
        Memory::open(options_.folder + "/" + name, std::move(tools), Database::Access::kCreate);
    QUIRE_TRY(memory);
    for (std::size_t i = 0; i < life_.size(); ++i) {
      if (i % 100 == 0) show("living", i, life_.size());
      NewEntry entry;
      entry.role = life_[i].role;
      entry.text = life_[i].text;
      QUIRE_TRY(memory->add(entry, kLifeEnd - life_[i].age));
    }
    QUIRE_TRY(memory->tick(kLifeEnd));
    return memory;
  }

  Status measure_retention(Memory& high) {
    study_.retention.push_back({"text", 1, {1, 1, 1}, {1, 1, 1}, 1, 0});
    double letters = 0, text_tokens = 0;
    auto leaves = high.store().leaves();
    QUIRE_TRY(leaves);
    study_.leaves = leaves->size();
    if (const std::size_t all = leaves->size(), wanted = options_.leaves; wanted < all) {
      for (std::size_t i = 0; i < wanted; ++i) (*leaves)[i] = (*leaves)[i * all / wanted];
      leaves->resize(wanted);
    }
    for (std::size_t tier = kSharpestPage; tier <= kLastTier; ++tier) {
      RetentionRow row;
      row.tier = tier_name(tier);
      std::vector<LifeEntry> there;
      Readable page, facts;
      double tokens = 0;
      for (std::size_t i = 0; i < leaves->size(); ++i) {
        show("reading " + row.tier, i, leaves->size());
        const auto leaf = high.store().leaf((*leaves)[i].id);
        QUIRE_TRY(leaf);
        const auto entries = high.store().entries_of(leaf->id);
        QUIRE_TRY(entries);
        const auto older = aged(*leaf, tier);
        QUIRE_TRY(older);
        const auto reading = reader_.read(*older);
        QUIRE_TRY(reading);
        row.confidence += (*reading)->confidence;
        tokens += static_cast<double>(leaf_tokens(tier, static_cast<std::size_t>(leaf->letters)));
        for (const Entry& entry : *entries) {
          const LifeEntry& truth = life_[static_cast<std::size_t>(entry.id) - 1];
          const std::string read = reading_of(entry, **reading);
          row.one_minus_ed += one_minus_ed(decode_utf8_lossy(read), decode_utf8_lossy(truth.text));
          page[there.size()] = read;
          facts[there.size()] = with_facts(read, entry);
          there.push_back(truth);
          if (tier != kSharpestPage) continue;
          letters += static_cast<double>(entry.length);
          text_tokens += static_cast<double>(tools_.count(truth.text));
        }
      }
      row.one_minus_ed /= static_cast<double>(std::max<std::size_t>(1, there.size()));
      row.confidence /= static_cast<double>(std::max<std::size_t>(1, leaves->size()));
      row.page = score_life(there, page);
      row.with_facts = score_life(there, facts);
      row.tokens = 1000 * tokens / letters;
      study_.retention.push_back(row);
    }
    study_.retention.front().tokens = 1000 * text_tokens / letters;
    return {};
  }

  static std::string with_facts(std::string text, const Entry& entry) {
    for (const std::string& fact : entry.facts) text += "\n" + fact;
    return text;
  }

  // As read_pages() would, but pictures that were read already are not read again.
  Status fill_readings(Memory& memory) {
    const auto leaves = memory.store().leaves();
    QUIRE_TRY(leaves);
    for (std::size_t i = 0; i < leaves->size(); ++i) {
      show("reading", i, leaves->size());
      const auto leaf = memory.store().leaf((*leaves)[i].id);
      QUIRE_TRY(leaf);
      const auto reading = reader_.read(*leaf);
      QUIRE_TRY(reading);
      auto entries = memory.store().entries_of(leaf->id);
      QUIRE_TRY(entries);
      for (Entry& entry : *entries) {
        entry.reading = reading_of(entry, **reading);
        entry.confidence = (*reading)->confidence;
        QUIRE_TRY(memory.store().update(entry));
      }
    }
    return {};
  }

  Result<Readable> readable(Memory& memory, const Context& context, bool facts) {
    Readable read;
    std::map<std::int64_t, Leaf> lower;  // leaves that stand in the context smaller than they are
    for (const ContextBill& bill : context.entries) {
      const auto entry = memory.store().entry(bill.id);
      QUIRE_TRY(entry);
      std::string text = entry->text ? *entry->text : entry->reading.value_or("");
      if (entry->leaf) {
        if (!lower.contains(*entry->leaf)) {
          auto leaf = memory.store().leaf(*entry->leaf);
          QUIRE_TRY(leaf);
          if (find_tier(leaf->tier) != bill.tier) leaf = aged(*leaf, bill.tier);
          QUIRE_TRY(leaf);
          lower[*entry->leaf] = *std::move(leaf);
        }
        const auto reading = reader_.read(lower[*entry->leaf]);
        QUIRE_TRY(reading);
        text = reading_of(*entry, **reading);
        if (facts) text = with_facts(text, *entry);
      }
      read[static_cast<std::size_t>(bill.id) - 1] = std::move(text);
    }
    return read;
  }

  Status add_context(const std::string& way, Memory& memory, std::size_t budget, bool facts) {
    const auto context = build_context(memory, {.budget = budget, .facts = facts}, tools_.count);
    QUIRE_TRY(context);
    const auto read = readable(memory, *context, facts);
    QUIRE_TRY(read);
    study_.budgets.push_back(
        {way, false, budget, static_cast<double>(context->tokens), score_life(life_, *read)});
    return {};
  }

  void add_summary(std::size_t budget) {
    Readable read;
    std::size_t tokens = 0;
    for (const std::size_t place : summary_order_) {
      const Sentence& sentence = sentences_[place];
      const std::size_t cost = tools_.count(sentence.text) + 1;
      if (tokens + cost > budget) break;
      tokens += cost;
      read[sentence.source] += sentence.text + " ";
    }
    study_.budgets.push_back(
        {"summary", false, budget, static_cast<double>(tokens), score_life(life_, read)});
  }

  Status measure_budgets(Memory& memory, Memory& low, Memory& high, Memory& text) {
    std::vector<std::string> texts;
    for (const LifeEntry& entry : life_) texts.push_back(entry.text);
    sentences_ = sentences_of(texts);
    show("summary", 0, 1);
    summary_order_ = sum_basic(sentences_, sentences_.size());
    for (std::size_t i = 0; i < options_.budgets.size(); ++i) {
      const std::size_t budget = options_.budgets[i];
      show("budgets", i, options_.budgets.size());
      QUIRE_TRY(add_context("memory", memory, budget, true));
      QUIRE_TRY(add_context("memory without fact sheets", memory, budget, false));
      QUIRE_TRY(add_context("newest text", text, budget, false));
      add_summary(budget);
      QUIRE_TRY(add_context("all pages tiny", low, budget, false));
      QUIRE_TRY(add_context("all pages large", high, budget, false));
      QUIRE_TRY(ask("memory, asked", memory, budget));
      QUIRE_TRY(ask("keyword search of text", text, budget));
    }
    return {};
  }

  // Places in the life, spread over all of it, as many of one kind as of the other.
  std::vector<std::size_t> questions() const {
    std::vector<std::size_t> asked;
    for (const FactKind kind : {FactKind::kExact, FactKind::kPhrase}) {
      std::vector<std::size_t> all;
      for (std::size_t i = 0; i < life_.size(); ++i) {
        if (life_[i].kind == kind) all.push_back(i);
      }
      const std::size_t wanted = std::min(all.size(), options_.questions / 2);
      for (std::size_t n = 0; n < wanted; ++n) asked.push_back(all[n * all.size() / wanted]);
    }
    return asked;
  }

  // Entries that answer, as text, the best first, while they fit.
  Result<Readable> search(Memory& text, const std::string& question, std::size_t budget,
                          double& tokens) {
    const auto hits = text.store().search(question, 1000);
    QUIRE_TRY(hits);
    Readable read;
    std::size_t spent = 0;
    for (const Hit& hit : *hits) {
      const auto place = static_cast<std::size_t>(hit.id) - 1;
      const std::size_t cost = tools_.count(life_[place].text) + kMessageTokens;
      if (spent + cost > budget) break;
      spent += cost;
      read[place] = life_[place].text;
    }
    tokens += static_cast<double>(spent);
    return read;
  }

  Status ask(const std::string& way, Memory& memory, std::size_t budget) {
    BudgetRow row{way, true, budget, 0, {}};
    double all[2] = {0, 0}, kept[2] = {0, 0};
    const std::vector<std::size_t> asked = questions();
    for (const std::size_t place : asked) {
      const LifeEntry& fact = life_[place];
      Readable read;
      if (memory.tools().policy.name == "text") {
        auto found = search(memory, fact.question, budget, row.tokens);
        QUIRE_TRY(found);
        read = *std::move(found);
      } else {
        const auto context =
            build_context(memory, {.budget = budget, .query = fact.question}, tools_.count);
        QUIRE_TRY(context);
        row.tokens += static_cast<double>(context->tokens);
        auto found = readable(memory, *context, true);
        QUIRE_TRY(found);
        read = *std::move(found);
      }
      const auto kind = static_cast<std::size_t>(fact.kind == FactKind::kPhrase);
      all[kind] += 1;
      kept[kind] += read.contains(place) && holds_answer(read[place], fact.answer);
    }
    row.tokens /= static_cast<double>(std::max<std::size_t>(1, asked.size()));
    row.kept.exact = all[0] > 0 ? kept[0] / all[0] : 0;
    row.kept.phrase = all[1] > 0 ? kept[1] / all[1] : 0;
    study_.budgets.push_back(row);
    return {};
  }

  Status measure_ages(const Memory& memory) {
    constexpr double kMarks[] = {0, 3600, 86400, 7 * 86400, 30 * 86400, 180 * 86400, 365 * 86400};
    for (std::size_t n = 0; n + 1 < std::size(kMarks); ++n) {
      AgeRow row;
      row.from = kMarks[n];
      row.to = kMarks[n + 1];
      std::vector<LifeEntry> there;
      std::vector<std::size_t> places;
      for (std::size_t i = 0; i < life_.size(); ++i) {
        const auto age = static_cast<double>(life_[i].age);
        if (age < row.from || age >= row.to) continue;
        there.push_back(life_[i]);
        places.push_back(i);
        row.facts += life_[i].kind != FactKind::kNone;
      }
      Readable read;
      for (std::size_t i = 0; i < places.size(); ++i) {
        const auto entry = memory.store().entry(static_cast<std::int64_t>(places[i]) + 1);
        if (!entry) continue;  // forgotten
        read[i] = with_facts(entry->text ? *entry->text : entry->reading.value_or(""), *entry);
      }
      row.memory = score_life(there, read);
      study_.ages.push_back(row);
    }
    return {};
  }

  void show(const std::string& what, std::size_t done, std::size_t total) const {
    if (tools_.progress) tools_.progress(what, done, total);
  }

  const MemoryStudyOptions& options_;
  const MemoryStudyTools& tools_;
  LeafReader reader_;
  std::vector<LifeEntry> life_;
  std::vector<Sentence> sentences_;
  std::vector<std::size_t> summary_order_;
  MemoryStudy study_;
};

}  // namespace

Result<MemoryStudy> run_memory_study(const TextFolder& texts, const MemoryStudyOptions& options,
                                     const MemoryStudyTools& tools) {
  if (tools.font == nullptr || !tools.font->monospaced()) {
    return invalid("a memory sets its pages in a face of a fixed pitch");
  }
  if (options.entries == 0 || options.budgets.empty()) {
    return invalid("the study needs entries and budgets");
  }
  return Study(options, tools).run(texts);
}

}  // namespace quire
