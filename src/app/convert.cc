// quire convert IN OUT
#include "convert/convert.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/find_model.h"
#include "base/progress.h"

namespace quire {
namespace {

// Any type there is, so that those that can not be written are refused by name.
std::optional<DType> find_type(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  for (int i = 0; i <= static_cast<int>(DType::kQ6_K); ++i) {
    const auto type = static_cast<DType>(i);
    if (dtype_info(type).name == name) return type;
  }
  return std::nullopt;
}

}  // namespace

int convert_command(int argc, char** argv) {
  std::string in, out, type;
  ConvertOptions options;
  CommandLine line("convert", "A model directory to a GGUF pair, back, and between types.");
  line.options()
      .add_option("IN", in, "a model directory, the language file of a GGUF pair, or a name")
      .required();
  line.options()
      .add_option("OUT", out, "NAME.gguf (and mmproj-NAME.gguf beside it), or a new directory")
      .required();
  line.options().add_option(
      "--type", type,
      "bf16, f16, f32; in a pair also q8_0, q5_1, q5_0, q4_1, q4_0. Left out: "
      "that of IN where OUT can hold it");
  line.options().add_option("--name", options.name, "general.name of the pair");
  line.options().add_flag("--force", options.force, "write q4_0 or q4_1 all the same");
  if (const auto status = line.parse(argc, argv)) return *status;
  if (!type.empty()) {
    options.type = find_type(type);
    if (!options.type) return line.wrong_usage("there is no type '" + type + "'");
  }
  const auto model = find_model(in);
  if (!model) return line.fail(model.status());

  constexpr std::uint64_t kMegabyte = 1'000'000;
  std::optional<Progress> progress;
  options.on_bytes = [&](std::uint64_t done, std::uint64_t total) {
    if (!progress) {
      progress.emplace(ProgressOptions{
          .what = "convert", .unit = "MB", .total = total / kMegabyte, .quiet = line.quiet});
    }
    progress->update(done / kMegabyte);
  };
  const auto converted = convert(*model, out, options);
  if (progress) progress->finish();
  if (!converted) return line.fail(converted.status());

  std::string text;
  for (const std::string& file : converted->files) text += file + "\n";
  return line.print({{"files", converted->files},
                     {"type", dtype_info(converted->type).name},
                     {"tensors", converted->tensors},
                     {"bytes", converted->bytes}},
                    text);
}

}  // namespace quire
