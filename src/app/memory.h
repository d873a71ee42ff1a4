// What the subcommands of `quire memory` share: where the store is, what time it is, and the model
// that reads pages, opened only where pages are read.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/command_line.h"
#include "base/progress.h"
#include "memory/context.h"
#include "memory/memory.h"
#include "text/tokenizer.h"

namespace quire {

int memory_add_command(int argc, char** argv);
int memory_tick_command(int argc, char** argv);
int memory_recall_command(int argc, char** argv);
int memory_context_command(int argc, char** argv);
int memory_show_command(int argc, char** argv);
int memory_forget_command(int argc, char** argv);
int memory_export_command(int argc, char** argv);
int memory_import_command(int argc, char** argv);
int memory_check_command(int argc, char** argv);

class MemoryCommand {
 public:
  // `name` as in "memory add".
  MemoryCommand(const std::string& name, const std::string& summary);

  // As CommandLine::parse, and --at, --policy and --store with it.
  std::optional<int> parse(int argc, char** argv);

  enum class Needs { kNothing, kFont, kReader };
  Result<Memory*> open(Needs needs, Database::Access access = Database::Access::kOpen);

  // The tokenizer that counts: the official one where it is at hand, else the model's.
  Result<CountTokens> counter();
  std::string counter_name() const { return counter_name_; }

  CommandLine line;
  std::string store;
  Seconds now = 0;

 private:
  std::string at_, policy_name_ = "ladder", counter_name_;
  Policy policy_;
  std::optional<Font> font_;
  std::optional<Reader> reader_;
  std::optional<Tokenizer> tokenizer_;
  std::unique_ptr<Progress> progress_;
  std::string doing_;
  std::optional<Memory> memory_;
};

}  // namespace quire
