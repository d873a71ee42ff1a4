// quire memory add|tick|recall|context|show|forget|export|import|check
#include "app/memory.h"

#include <ctime>

#include "app/command_list.h"
#include "app/commands.h"
#include "app/find_model.h"
#include "fold/text_tokens.h"
#include "memory/time_text.h"
#include "text/tokenizer.h"

namespace quire {
namespace {

constexpr Command kSubcommands[] = {
    {"add", "remembers texts", memory_add_command},
    {"tick", "lets everything grow as old as it is", memory_tick_command},
    {"recall", "finds what the memory can still read", memory_recall_command},
    {"context", "the best context inside a budget of tokens", memory_context_command},
    {"show", "draws the memory as a picture", memory_show_command},
    {"forget", "forgets entries at once", memory_forget_command},
    {"export", "everything as lines of JSON", memory_export_command},
    {"import", "adds what was exported", memory_import_command},
    {"check", "reads every row and page of the store", memory_check_command},
};

}  // namespace

MemoryCommand::MemoryCommand(const std::string& name, const std::string& summary)
    : line(name, summary) {
  line.options()
      .add_option("--store", store, "the memory's file (else $QUIRE_MEMORY)")
      .or_variable("QUIRE_MEMORY")
      .required();
  line.options().add_option("--at", at_, "the time it is, UTC: 2026-03-14T09:26 (else now)");
  line.options()
      .add_option("--policy", policy_name_,
                  "how things fade: ladder (by age) or curve (slower "
                  "with every recall, and by importance)")
      .show_default();
}

std::optional<int> MemoryCommand::parse(int argc, char** argv) {
  if (const auto status = line.parse(argc, argv)) return status;
  now = static_cast<Seconds>(std::time(nullptr));
  if (!at_.empty()) {
    const auto time = parse_time(at_);
    if (!time) return line.wrong_usage("--at: " + time.status().message());
    now = *time;
  }
  auto policy = find_policy(policy_name_);
  if (!policy) return line.wrong_usage(policy.status().message());
  policy_ = *std::move(policy);
  return std::nullopt;
}

Result<Memory*> MemoryCommand::open(Needs needs, Database::Access access) {
  MemoryTools tools;
  tools.policy = policy_;
  if (needs != Needs::kNothing) {
    auto font = Font::open("DejaVuSansMono");
    QUIRE_TRY(font);
    font_ = *std::move(font);
    tools.font = &*font_;
  }
  if (needs == Needs::kReader) {
    const auto path = find_model(line.model);
    QUIRE_TRY(path);
    auto reader = Reader::open(*path, line.arithmetic);
    QUIRE_TRY(reader);
    reader_.emplace(*std::move(reader));
    tools.reader = PageReader::of_reader(*reader_);
  }
  tools.progress = [this](std::string_view what, std::size_t done, std::size_t total) {
    if (!progress_ || doing_ != what) {
      doing_ = what;
      progress_ = std::make_unique<Progress>(
          ProgressOptions{.what = doing_, .unit = "leaves", .total = total, .quiet = line.quiet});
    }
    progress_->update(done);
    if (done + 1 >= total) progress_->finish();
  };
  auto memory = Memory::open(store, std::move(tools), access);
  QUIRE_TRY(memory);
  memory_.emplace(*std::move(memory));
  return &*memory_;
}

Result<CountTokens> MemoryCommand::counter() {
  const auto model = find_model(line.model);
  QUIRE_TRY(model);
  auto official = find_official_tokenizer(*model);
  QUIRE_TRY(official);
  counter_name_ = *official ? "official" : "model";
  if (*official) {
    tokenizer_.emplace(std::move((*official)->tokenizer));
  } else {
    auto tokenizer = Tokenizer::of_model(*model);
    QUIRE_TRY(tokenizer);
    tokenizer_.emplace(*std::move(tokenizer));
  }
  return CountTokens([this](std::string_view text) { return tokenizer_->encode(text).size(); });
}

int memory_command(int argc, char** argv) {
  return run({.name = "quire memory",
              .introduction =
                  "quire memory keeps what just happened as text, and lets it fade to smaller and\n"
                  "smaller pages until nothing is left.\n\n"
                  "  quire memory add --store life.memory notes.txt\n"
                  "  quire memory recall --store life.memory 'the key of the shed'\n",
              .commands = kSubcommands},
             argc, argv);
}

}  // namespace quire
